//! Worklists, search, links, merging, checks after closure.

use super::Row;

/// What can be wrong with a field.
pub const FIELDS: &[Row] = &[
    (
        "date_before_closure",
        "Дата раньше закрытия случая.",
        "Күн жағдай жабылғаннан бұрын.",
        "The date is before the case was closed.",
    ),
    ("unknown_case", "Такого случая нет.", "Мұндай жағдай жоқ.", "There is no such case."),
    ("repeated_item", "Этот случай указан дважды.", "Бұл жағдай екі рет көрсетілген.", "This case is given twice."),
];

/// What an action waits for.
pub const MISSING: &[Row] = &[(
    "not_merged",
    "Случай объединён с другим: работа продолжается там.",
    "Жағдай басқасымен біріктірілген: жұмыс сонда жалғасуда.",
    "The case was merged into another one: work goes on there.",
)];

/// Why a rule of the domain refuses.
pub const RULES: &[Row] = &[
    (
        "case_merged",
        "Случай уже объединён с другим.",
        "Жағдай басқасымен біріктіріліп қойған.",
        "The case was merged into another one already.",
    ),
    (
        "follow_up_of_open_case",
        "Проверка вносится после закрытия; открытый случай пересматривают.",
        "Тексеру жағдай жабылғаннан кейін енгізіледі; ашық жағдай қайта қаралады.",
        "The check comes after closure; an open case is reviewed.",
    ),
    ("link_ended", "Связь уже прекращена.", "Байланыс тоқтатылып қойған.", "The link was ended already."),
    (
        "link_exists",
        "Эти случаи уже связаны таким образом.",
        "Бұл жағдайлар осылай байланыстырылып қойған.",
        "The cases are linked in this way already.",
    ),
    ("link_needs_other_child", "Нужен другой ребёнок.", "Басқа бала қажет.", "It takes another child."),
    (
        "link_needs_same_child",
        "Повторный случай касается того же ребёнка.",
        "Қайталанған жағдай сол балаға қатысты болуы керек.",
        "A duplicate is about the same child.",
    ),
    (
        "link_to_itself",
        "Случай не связывают с самим собой.",
        "Жағдай өзімен байланыстырылмайды.",
        "A case is not linked to itself.",
    ),
    (
        "linked_child_exists",
        "Этот ребёнок уже связан со случаем.",
        "Бұл бала жағдаймен байланыстырылып қойған.",
        "The child is linked to the case already.",
    ),
    (
        "merge_into_closed",
        "Случай, с которым объединяют, закрыт: сначала откройте его снова.",
        "Біріктірілетін жағдай жабық: алдымен оны қайта ашыңыз.",
        "The case to merge into is closed: open it again first.",
    ),
    (
        "merge_into_closing",
        "По случаю, с которым объединяют, предложено закрытие: сначала примите решение о нём.",
        "Біріктірілетін жағдайды жабу ұсынылған: алдымен сол туралы шешім қабылдаңыз.",
        "The closure of the case to merge into waits for a decision: decide on it first.",
    ),
    (
        "merge_into_itself",
        "Случай не объединяют с самим собой.",
        "Жағдай өзімен біріктірілмейді.",
        "A case is not merged into itself.",
    ),
];
