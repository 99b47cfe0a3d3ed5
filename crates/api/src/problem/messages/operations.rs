//! Statistics of the operation.

use super::Row;

/// What can be wrong with a field.
pub const FIELDS: &[Row] = &[
    (
        "dimension_not_here",
        "Эта таблица не строится в таком разрезе. Возможны: {allowed}.",
        "Бұл кесте мұндай қимада құрылмайды. Мүмкін болатындары: {allowed}.",
        "This table is not made by that dimension. Possible are: {allowed}.",
    ),
    (
        "organisation_too_fine",
        "Защищённые числа не даются по отдельным организациям.",
        "Қорғалған сандар жеке ұйымдар бойынша берілмейді.",
        "Protected counts are not given by organisation.",
    ),
    (
        "specialist_too_fine",
        "Нагрузка отдельных специалистов видна только тем, кому доступны их учётные записи.",
        "Жеке мамандардың жүктемесі олардың есептік жазбаларына қолжетімділігі барларға ғана көрінеді.",
        "The workload of single specialists is shown only to those who may read their accounts.",
    ),
];
