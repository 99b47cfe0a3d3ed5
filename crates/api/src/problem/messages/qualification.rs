//! Qualification of facts by the interagency group.

use super::Row;

/// What can be wrong with a field.
pub const FIELDS: &[Row] = &[
    (
        "fact_not_waiting",
        "Такого факта нет среди тех, которые можно вынести на вашу группу: суицидальное поведение, ваша территория, факт действует и не рассматривается.",
        "Сіздің тобыңызға шығаруға болатын фактілердің арасында мұндайы жоқ: суицидтік мінез-құлық, сіздің аумағыңыз, факт күшінде және қаралып жатқан жоқ.",
        "There is no such fact among those that may come before your group: suicidal behaviour, in your territory, standing, before no session.",
    ),
    (
        "level_of_confirmed_only",
        "Уровень указывают только для подтверждённого факта.",
        "Деңгей тек расталған факт үшін көрсетіледі.",
        "Only a confirmed fact has a level.",
    ),
    (
        "not_a_convening_role",
        "Заседание созывает его председатель или секретарь.",
        "Отырысты оның төрағасы немесе хатшысы шақырады.",
        "A session is convened by its chair or its secretary.",
    ),
    (
        "not_a_group_candidate",
        "В группу входят действующие сотрудники семи органов с ролью члена группы, которые не ведут статистику единого учёта.",
        "Топқа жеті органның топ мүшесі рөлі бар, бірыңғай есептің статистикасын жүргізбейтін қызметкерлері ғана кіреді.",
        "The group is made of active people of the seven bodies who hold the role of a member and do not count the register.",
    ),
    (
        "not_an_opinion",
        "Здесь возможно только «подтверждён» или «не подтверждён».",
        "Мұнда тек «расталды» немесе «расталмады» деуге болады.",
        "Here it is confirmed or not confirmed, nothing else.",
    ),
    (
        "protocol_number_taken",
        "Протокол с этим номером в вашей организации уже есть.",
        "Ұйымыңызда осы нөмірлі хаттама бар.",
        "Your organisation has a protocol of this number already.",
    ),
    (
        "protocol_number_unknown",
        "У открытого заседания, которое рассматривает факт, другой номер протокола.",
        "Фактіні қарап жатқан ашық отырыстың хаттама нөмірі басқа.",
        "The open session that has the fact before it has another protocol number.",
    ),
];

/// What an action waits for.
pub const MISSING: &[Row] = &[
    (
        "agenda_facts",
        "В повестке нет ни одного факта.",
        "Күн тәртібінде бірде-бір факт жоқ.",
        "No fact is on the agenda.",
    ),
    (
        "fact_annulled",
        "Факт тем временем аннулирован: его можно только отложить.",
        "Факт осы уақыт ішінде жойылды: оны тек кейінге қалдыруға болады.",
        "The fact was annulled meanwhile: it can only be put off.",
    ),
    (
        "fact_decided",
        "По этому факту группа уже закончила работу.",
        "Бұл факт бойынша топ жұмысын аяқтады.",
        "The group is done with this fact.",
    ),
    (
        "fact_merged",
        "Факт тем временем объединён с другим (survivor): рассматривайте тот.",
        "Факт осы уақыт ішінде басқасымен біріктірілді (survivor): соны қараңыз.",
        "The fact was merged into another one meanwhile (survivor): look at that one.",
    ),
    (
        "fact_on_agenda",
        "Этот факт уже стоит в повестке незавершённого заседания.",
        "Бұл факт аяқталмаған отырыстың күн тәртібінде бұрыннан бар.",
        "The fact is on the agenda of a session that is not over.",
    ),
    (
        "group_member",
        "Человек не входит в состав группы на этом заседании.",
        "Адам осы отырыста топ құрамына кірмейді.",
        "The person does not sit in the group at this session.",
    ),
    (
        "no_opinion_on_fact",
        "По этому факту вы не даёте заключения: ваша роль его не предполагает, есть заинтересованность или вы сами о нём сообщили.",
        "Бұл факт бойынша сіз қорытынды бермейсіз: рөліңізге кірмейді, мүдделілік бар немесе ол туралы өзіңіз хабарлағансыз.",
        "You give no opinion on this fact: not in your role, or because of an interest, or because you reported it.",
    ),
    (
        "opinion_given",
        "Вы уже дали заключение по этому факту; его нельзя изменить.",
        "Сіз бұл факт бойынша қорытынды бердіңіз; оны өзгертуге болмайды.",
        "You gave your opinion on this fact already; it is never changed.",
    ),
    (
        "opinions_majority",
        "Заключения членов группы не дают такого решения.",
        "Топ мүшелерінің қорытындылары мұндай шешім бермейді.",
        "The opinions of the members do not carry this decision.",
    ),
    (
        "opinions_missing",
        "Не все присутствующие, кто оценивает факт, дали заключение.",
        "Фактіні бағалайтын қатысушылардың бәрі қорытынды берген жоқ.",
        "Not everybody present who judges the fact gave an opinion.",
    ),
    (
        "recorder_entitled",
        "Решение записывает тот, кто присутствует и не заинтересован.",
        "Шешімді қатысып отырған және мүдделі емес адам жазады.",
        "Who records a decision is present and has no interest in the fact.",
    ),
    (
        "unsettled_facts",
        "Не по всем фактам повестки есть решение.",
        "Күн тәртібіндегі барлық факт бойынша шешім жоқ.",
        "Facts of the agenda are not settled.",
    ),
];

/// Why a rule of the domain refuses.
pub const RULES: &[Row] = &[(
    "material_answered",
    "На этот запрос уже ответили; ответ не меняют.",
    "Бұл сұрауға жауап берілді; жауап өзгертілмейді.",
    "The request was answered already; an answer is never changed.",
)];
