//! Releases of the register's counts.

use super::Row;

/// What can be wrong with a field.
pub const FIELDS: &[Row] = &[
    (
        "period_start",
        "С этого дня такой период не начинается.",
        "Мұндай кезең бұл күннен басталмайды.",
        "No such period begins with this day.",
    ),
    (
        "as_of_not_month_end",
        "Выпуск составляется по состоянию на последний день месяца.",
        "Шығарылым айдың соңғы күніндегі жағдай бойынша жасалады.",
        "A release is made as of the last day of a month.",
    ),
    ("as_of_not_over", "Этот день ещё не закончился.", "Бұл күн әлі аяқталған жоқ.", "This day is not over yet."),
    (
        "as_of_before_period_end",
        "Этот день раньше конца периода.",
        "Бұл күн кезеңнің соңынан бұрын.",
        "This day is before the end of the period.",
    ),
    (
        "as_of_not_later",
        "Новое издание составляется по состоянию на более поздний день, чем прежнее.",
        "Жаңа басылым бұрынғысынан кейінгі күндегі жағдай бойынша жасалады.",
        "A new edition is made as of a later day than the one before.",
    ),
    (
        "as_of_before_release",
        "Этот день раньше того, по состоянию на который составлен выпуск.",
        "Бұл күн шығарылым жасалған күннен бұрын.",
        "This day is before the one as of which the release was made.",
    ),
    ("unknown_part", "Такой части в выпуске нет.", "Шығарылымда мұндай бөлік жоқ.", "The release has no such part."),
    ("part_named_twice", "Эта часть уже названа.", "Бұл бөлік бұрын аталған.", "This part is named already."),
];

/// What a publication waits for.
pub const MISSING: &[Row] = &[
    (
        "release_other_than_proposer",
        "Публикует не тот, кто предложил выпуск.",
        "Шығарылымды ұсынған адам емес, басқа адам жариялайды.",
        "Somebody else than who proposed it has to publish it.",
    ),
    (
        "release_parts_waiting",
        "Не все ведомства ответили, и срок ещё не прошёл.",
        "Барлық ведомство жауап берген жоқ, мерзім әлі өтпеген.",
        "Not all agencies have answered, and they still have time.",
    ),
    (
        "release_objection_open",
        "Есть возражение ведомства; снимите его или объясните по каждой части, почему оно не принято.",
        "Ведомствоның қарсылығы бар; оны шешіңіз немесе әр бөлік бойынша неге қабылданбағанын түсіндіріңіз.",
        "An agency objects; settle it, or say for each part why it is not followed.",
    ),
    (
        "release_nothing_to_overrule",
        "По названной части возражения нет.",
        "Аталған бөлік бойынша қарсылық жоқ.",
        "Nobody objects to a part that is named.",
    ),
];

/// Why a rule of the domain refuses.
pub const RULES: &[Row] = &[
    (
        "release_settled",
        "Выпуск уже опубликован или отозван.",
        "Шығарылым жарияланған немесе қайтарып алынған.",
        "The release is published or withdrawn.",
    ),
    (
        "release_already_proposed",
        "Выпуск за этот период уже предложен или только что опубликован.",
        "Бұл кезеңнің шығарылымы ұсынылған немесе жаңа ғана жарияланған.",
        "A release of this period is proposed already, or was published just now.",
    ),
    (
        "release_not_published",
        "Выпуск ещё не опубликован.",
        "Шығарылым әлі жарияланған жоқ.",
        "The release is not published yet.",
    ),
];
