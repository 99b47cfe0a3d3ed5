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
];
