//! Protocols and tasks.

use super::Row;

/// What can be wrong with a field.
pub const FIELDS: &[Row] = &[
    // Protocols.
    (
        "protocol_code_format",
        "Код: от 2 до {max} знаков, строчные латинские буквы, цифры и подчёркивание, первой буква.",
        "Код: 2–{max} таңба, кіші латын әріптері, цифрлар және астын сызу белгісі, біріншісі әріп.",
        "A code has 2 to {max} characters: small Latin letters, digits and underscores, a letter first.",
    ),
    (
        "step_repeated",
        "Шаг с таким кодом уже есть.",
        "Мұндай коды бар қадам бұрыннан бар.",
        "A step has this code already.",
    ),
    ("step_unknown", "Такого шага в алгоритме нет.", "Алгоритмде мұндай қадам жоқ.", "The protocol has no such step."),
    (
        "step_circle",
        "Шаги ждут друг друга по кругу: ни один нельзя выполнить.",
        "Қадамдар бірін-бірі айналып күтеді: ешқайсысын орындау мүмкін емес.",
        "Steps wait for one another in a circle: none can ever be done.",
    ),
    (
        "trigger_empty",
        "Укажите вид факта или уровень риска, при котором применяется алгоритм.",
        "Алгоритм қолданылатын факт түрін немесе тәуекел деңгейін көрсетіңіз.",
        "Name the kind of fact, or the risk, that calls for the protocol.",
    ),
    (
        "protocol_valid_from",
        "Предыдущая версия вступает в силу позже.",
        "Алдыңғы нұсқа кейінірек күшіне енеді.",
        "The version before comes into force later.",
    ),
    (
        "unknown_protocol",
        "Такого действующего алгоритма нет.",
        "Мұндай қолданыстағы алгоритм жоқ.",
        "No such protocol is in force.",
    ),
    (
        "unknown_protocol_version",
        "Такой версии алгоритма нет, или она ещё не вступила в силу.",
        "Алгоритмнің мұндай нұсқасы жоқ немесе ол әлі күшіне енген жоқ.",
        "There is no such version of the protocol, or it has not come into force yet.",
    ),
];

/// Why a rule of the domain refuses.
pub const RULES: &[Row] = &[
    (
        "protocol_ended",
        "Этот алгоритм в случае уже завершён.",
        "Бұл жағдайда алгоритм аяқталған.",
        "This protocol has ended in the case.",
    ),
    (
        "protocol_not_in_force",
        "Сейчас у этого алгоритма нет действующей версии; укажите версию.",
        "Қазір бұл алгоритмнің қолданыстағы нұсқасы жоқ; нұсқаны көрсетіңіз.",
        "No version of this protocol is in force now; name a version.",
    ),
    (
        "protocol_runs",
        "Этот алгоритм в случае уже применяется.",
        "Бұл алгоритм жағдайда қолданылып жатыр.",
        "This protocol applies to the case already.",
    ),
    (
        "protocol_version_not_next",
        "Номер версии должен быть следующим по порядку.",
        "Нұсқа нөмірі келесі реттік нөмір болуы керек.",
        "The number of a new version is the next one.",
    ),
    (
        "protocol_version_same",
        "Случай уже ведётся по этой версии.",
        "Жағдай осы нұсқа бойынша жүргізіліп жатыр.",
        "The case goes by this version already.",
    ),
    (
        "task_blocked",
        "Сначала завершите или отмените предшествующие мероприятия.",
        "Алдымен алдыңғы іс-шараларды аяқтаңыз немесе алып тастаңыз.",
        "The tasks before it must be done or waived first.",
    ),
];
