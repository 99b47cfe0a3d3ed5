//! The consilium and documents.

use super::Row;

/// What can be wrong with a field.
pub const FIELDS: &[Row] = &[
    // The consilium.
    (
        "case_not_brought",
        "Такого открытого случая нет среди вынесенных на консилиум вашей организации.",
        "Ұйымыңыздың консилиумына шығарылған ашық жағдайлардың арасында мұндайы жоқ.",
        "There is no such open case among those brought before the consilium of your organisation.",
    ),
    (
        "not_a_board_candidate",
        "В консилиум входят действующие сотрудники, которые работают со случаями.",
        "Консилиумға жағдайлармен жұмыс істейтін қызметкерлер ғана кіреді.",
        "A board is made of active people who work on cases.",
    ),
    ("user_repeated", "Человек указан дважды.", "Адам екі рет көрсетілген.", "The person is given twice."),
];

/// What an action waits for.
pub const MISSING: &[Row] = &[
    (
        "agenda_items",
        "В повестке нет ни одного случая.",
        "Күн тәртібінде бірде-бір жағдай жоқ.",
        "The agenda is empty.",
    ),
    (
        "already_on_agenda",
        "Этот случай уже стоит в повестке.",
        "Бұл жағдай күн тәртібінде бұрыннан бар.",
        "The case is on the agenda already.",
    ),
    (
        "already_seated",
        "Этот человек уже входит в состав.",
        "Бұл адам құрамға бұрыннан кіреді.",
        "The person sits on the board already.",
    ),
    ("board_chair", "Назначьте председателя.", "Төрағаны тағайындаңыз.", "Name a chair."),
    (
        "board_member",
        "Человек не входит в состав консилиума.",
        "Адам консилиум құрамына кірмейді.",
        "The person does not sit on the board.",
    ),
    (
        "every_vote",
        "Укажите голос каждого присутствующего, кто голосует по этому случаю.",
        "Осы жағдай бойынша дауыс беретін әр қатысушының дауысын көрсетіңіз.",
        "Tell the vote of everybody present who votes on this case.",
    ),
    (
        "item_section",
        "Текст решения хранится в общем разделе или в разделе этого вопроса.",
        "Шешім мәтіні жалпы бөлімде немесе осы мәселенің бөлімінде сақталады.",
        "The text of a decision is kept under general or the section of the item.",
    ),
    (
        "item_undecided",
        "По этому случаю на этом заседании решение уже принято.",
        "Бұл жағдай бойынша осы отырыста шешім қабылданып қойған.",
        "This session has already decided on the case.",
    ),
    (
        "majority",
        "Решение не набрало большинства голосов.",
        "Шешім көпшілік дауыс жинамады.",
        "The votes do not carry the decision.",
    ),
    (
        "nothing_decided",
        "Заседание уже приняло решения, его можно только завершить.",
        "Отырыс шешімдер қабылдап қойды, оны тек аяқтауға болады.",
        "The session has decided on cases: it can only be closed.",
    ),
    (
        "nothing_with_postponement",
        "Когда рассмотрение откладывают, не голосуют и не дают поручений.",
        "Қарау кейінге қалдырылғанда дауыс берілмейді және тапсырма берілмейді.",
        "Who puts a case off neither votes nor gives tasks.",
    ),
    ("one_chair", "Председатель уже назначен.", "Төраға тағайындалып қойған.", "The board has a chair already."),
    (
        "presiding_member",
        "Среди голосующих по этому случаю нет ни председателя, ни заместителя.",
        "Осы жағдай бойынша дауыс беретіндердің арасында төраға да, орынбасары да жоқ.",
        "Neither the chair nor the deputy is among those who vote on this case.",
    ),
    (
        "quorum_agencies",
        "Голосующие представляют слишком мало ведомств.",
        "Дауыс беретіндер тым аз ведомстводан келген.",
        "Those who vote come from too few agencies.",
    ),
    (
        "quorum_members",
        "Нет кворума: присутствует слишком мало голосующих.",
        "Кворум жоқ: дауыс беретіндердің тым азы қатысып отыр.",
        "No quorum: too few of those who vote are present.",
    ),
    (
        "session_status",
        "Заседание находится в другом состоянии.",
        "Отырыс басқа күйде тұр.",
        "The session stands in another state.",
    ),
    (
        "undecided_items",
        "Не по всем случаям повестки принято решение.",
        "Күн тәртібіндегі барлық жағдай бойынша шешім қабылданған жоқ.",
        "Cases of the agenda are not decided on.",
    ),
    (
        "votes_of_voters_only",
        "Указан голос того, кто по этому случаю не голосует.",
        "Осы жағдай бойынша дауыс бермейтін адамның дауысы көрсетілген.",
        "Somebody is said to have voted who has no vote on this case.",
    ),
];
