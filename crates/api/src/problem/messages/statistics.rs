//! Protected counts.

use super::Row;

/// What can be wrong with a field.
pub const FIELDS: &[Row] = &[
    (
        "period_not_whole",
        "Защищённые числа даются за целый месяц, квартал, год или учебный год (или за его прошедшую часть).",
        "Қорғалған сандар толық ай, тоқсан, жыл немесе оқу жылы (не оның өткен бөлігі) үшін беріледі.",
        "Protected counts are given for a whole month, quarter, year or school year, or what has passed of it.",
    ),
    (
        "territory_too_fine",
        "Защищённые числа даются по городам и районам и крупнее.",
        "Қорғалған сандар қалалар мен аудандар және одан ірі аумақтар бойынша беріледі.",
        "Protected counts are given for cities, districts and what is greater.",
    ),
    (
        "too_many_attributes",
        "Слишком много разрезов и отборов в защищённой таблице: не больше {max}.",
        "Қорғалған кестеде қималар мен іріктеулер тым көп: ең көбі {max}.",
        "Too many dimensions and filters in a protected table: at most {max}.",
    ),
    (
        "exact_only",
        "Доступно только службе статистики: защищённые числа так подробно не даются.",
        "Тек статистика қызметіне қолжетімді: қорғалған сандар мұндай егжей-тегжеймен берілмейді.",
        "For the statistics office alone: protected counts are not given in such detail.",
    ),
    (
        "one_value_only",
        "В защищённых числах у отбора может быть одно значение.",
        "Қорғалған сандарда іріктеудің бір ғана мәні болады.",
        "A filter of protected counts has one value.",
    ),
    (
        "age_groupings_crossed",
        "В защищённой таблице возраст даётся в одной группировке.",
        "Қорғалған кестеде жас бір ғана топтамада беріледі.",
        "A protected table gives ages in one grouping.",
    ),
    (
        "time_not_whole",
        "Период не делится на целые единицы этого времени.",
        "Кезең осы уақыттың толық бірліктеріне бөлінбейді.",
        "The period does not divide into whole units of this time.",
    ),
    (
        "period_not_over",
        "Защищённые числа сравниваются только за завершённый период.",
        "Қорғалған сандар тек аяқталған кезең үшін салыстырылады.",
        "Protected counts are compared when the period is over.",
    ),
    (
        "compare_by_time",
        "Периоды нельзя сопоставить по этому времени: между ними не целое число его единиц.",
        "Кезеңдерді бұл уақыт бойынша салыстыруға болмайды: араларындағы бірліктер саны бүтін емес.",
        "The periods cannot be set against each other by this time: they do not lie a whole number of its units apart.",
    ),
    (
        "compare_no_period",
        "Сравнивать не с чем: период ещё не начался или лежит вне календаря.",
        "Салыстыратын ештеңе жоқ: кезең әлі басталған жоқ немесе күнтізбеден тыс.",
        "There is nothing to compare: the period has not begun, or lies outside the calendar.",
    ),
    (
        "too_many_cells",
        "Слишком много строк (больше {max}): выберите CSV или NDJSON либо сузьте запрос.",
        "Жолдар тым көп ({max} астам): CSV не NDJSON таңдаңыз немесе сұрауды тарылтыңыз.",
        "Too many rows (more than {max}): choose CSV or NDJSON, or narrow the query.",
    ),
    (
        "too_many_values",
        "Слишком много значений одного отбора: не больше {max}.",
        "Бір іріктеудің мәндері тым көп: ең көбі {max}.",
        "Too many values of one filter: at most {max}.",
    ),
    ("not_a_filter", "Это не отбор.", "Бұл іріктеу емес.", "This is no filter."),
];
