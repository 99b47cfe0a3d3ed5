//! Time: the calendar, rules of time, deadlines, notices.

use super::Row;

/// What can be wrong with a field.
pub const FIELDS: &[Row] = &[
    (
        "escalation_order",
        "Ступени должны идти по порядку, каждая один раз: ведущий специалист, руководитель, регион.",
        "Сатылар ретімен, әрқайсысы бір рет жүруі керек: жүргізуші маман, басшы, өңір.",
        "The steps must stand in order, each once: manager, supervisor, region.",
    ),
    (
        "not_a_member",
        "Это не действующий сотрудник организации.",
        "Бұл ұйымның жұмыс істеп жүрген қызметкері емес.",
        "This is no active member of the organisation.",
    ),
];

/// Why a rule of the domain refuses.
pub const RULES: &[Row] = &[(
    "rule_date_taken",
    "На эту дату правило уже опубликовано; выберите другой день.",
    "Бұл күнге ереже жарияланып қойған; басқа күнді таңдаңыз.",
    "A rule is published for this day already; choose another day.",
)];
