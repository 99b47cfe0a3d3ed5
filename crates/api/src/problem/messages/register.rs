//! Facts of the unified register: changes, mergers, match reviews.

use super::Row;

/// What can be wrong with a field.
pub const FIELDS: &[Row] = &[
    ("unknown_fact", "Такого факта нет.", "Мұндай факт жоқ.", "There is no such fact."),
    (
        "may_not_decide",
        "Этот пользователь не принимает решений о совпадении фактов в вашей организации.",
        "Бұл пайдаланушы сіздің ұйымыңызда фактілердің сәйкестігі туралы шешім қабылдамайды.",
        "This user does not decide on match reviews in your organisation.",
    ),
];

/// Why a rule of the domain refuses.
pub const RULES: &[Row] = &[
    (
        "fact_annulled",
        "Факт аннулирован и больше не меняется.",
        "Факт жойылған және енді өзгертілмейді.",
        "The fact was annulled and stays as it is.",
    ),
    (
        "fact_merged",
        "Факт объединён с другим; изменяйте тот.",
        "Факт басқа фактімен біріктірілген; сонысын өзгертіңіз.",
        "The fact was merged into another one: change that one.",
    ),
    (
        "fact_not_merged",
        "Факт не объединён с другим.",
        "Факт басқа фактімен біріктірілмеген.",
        "The fact is not merged.",
    ),
    (
        "fact_under_qualification",
        "Факт рассматривает межведомственная группа.",
        "Фактіні ведомствоаралық топ қарап жатыр.",
        "The interagency group has the fact before it.",
    ),
    (
        "fact_not_under_qualification",
        "Факт не рассматривается межведомственной группой.",
        "Фактіні ведомствоаралық топ қарап жатқан жоқ.",
        "The interagency group does not have the fact before it.",
    ),
    (
        "fact_decided_by_group",
        "Вид и уровень определила межведомственная группа; изменить их может только она.",
        "Түрі мен деңгейін ведомствоаралық топ айқындаған; оларды тек сол топ өзгерте алады.",
        "The interagency group decided what it was; only the group changes that.",
    ),
    (
        "fact_not_qualifiable",
        "Группа рассматривает только суицидальное поведение.",
        "Топ тек суицидтік мінез-құлықты қарайды.",
        "The group studies suicidal behaviour alone.",
    ),
    ("nothing_changes", "Изменений нет.", "Өзгеріс жоқ.", "The change changes nothing."),
    (
        "same_fact",
        "Факт нельзя объединить с самим собой.",
        "Фактіні өзімен біріктіруге болмайды.",
        "A fact cannot be merged into itself.",
    ),
    (
        "facts_of_other_kind",
        "Факты разного вида: это разные события.",
        "Фактілердің түрі әртүрлі: бұл екі бөлек оқиға.",
        "The facts are of different kinds: they are two events.",
    ),
    (
        "no_report_left",
        "У факта должно остаться хотя бы одно сообщение, и хотя бы одно должно быть выделено.",
        "Фактіде кемінде бір хабарлама қалуы және кемінде біреуі бөлінуі тиіс.",
        "At least one report must stay with the fact, and one must be taken out.",
    ),
    (
        "report_of_other_fact",
        "Названное сообщение не относится к этому факту.",
        "Аталған хабарлама бұл фактіге қатысты емес.",
        "A report named does not belong to this fact.",
    ),
    (
        "match_review_decided",
        "Решение уже принято; его меняют разделение или объединение фактов.",
        "Шешім қабылданған; оны фактілерді бөлу немесе біріктіру өзгертеді.",
        "The review was decided; a split or a merger changes that.",
    ),
];
