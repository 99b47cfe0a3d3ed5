//! Facts from files, lists compared with the register.

use super::Row;

/// What can be wrong with a field.
pub const FIELDS: &[Row] = &[
    (
        "reported_before_event",
        "Дата учёта раньше даты события.",
        "Есепке алу күні оқиға күнінен бұрын.",
        "It was taken note of before it happened.",
    ),
    (
        "not_a_child",
        "В день события человеку не было ещё или уже было 18 лет, либо он ещё не родился.",
        "Оқиға күні адам әлі туылмаған немесе 18 жасқа толған.",
        "On the day of the event the person was not born yet or was 18 or older.",
    ),
    (
        "iin_taken",
        "Этот ИИН записан у другого ребёнка.",
        "Бұл ЖСН басқа балада жазылған.",
        "Another child has this identification number.",
    ),
    (
        "outside_period",
        "День вне периода списка.",
        "Күн тізім кезеңінен тыс.",
        "The day lies outside the period of the list.",
    ),
    (
        "kind_not_of_list",
        "Список составлен о фактах другого вида.",
        "Тізім басқа түрдегі фактілер туралы.",
        "The list is of another kind of facts.",
    ),
    (
        "period_order",
        "Конец периода раньше его начала.",
        "Кезеңнің соңы басынан бұрын.",
        "The period ends before it begins.",
    ),
    (
        "list_period_too_long",
        "Период сверки не длиннее {max_days} дней.",
        "Салыстыру кезеңі {max_days} күннен аспайды.",
        "A period has at most {max_days} days.",
    ),
];

/// Why a rule of the domain refuses.
pub const RULES: &[Row] = &[
    ("reconciliation_closed", "Сверка завершена.", "Салыстыру аяқталған.", "The reconciliation is closed."),
    (
        "item_resolved",
        "По строке уже принято решение.",
        "Жол бойынша шешім қабылданған.",
        "The item is settled already.",
    ),
    (
        "resolution_not_for_outcome",
        "Такое решение не подходит к этому итогу сверки.",
        "Мұндай шешім салыстырудың бұл нәтижесіне сай келмейді.",
        "An item of this outcome cannot be settled so.",
    ),
    ("row_erased", "Содержание строки уже стёрто.", "Жолдың мазмұны өшірілген.", "What the row said is erased."),
];
