//! The change feed and work done offline.

use super::Row;

/// What can be wrong with a field.
pub const FIELDS: &[Row] = &[
    ("time_future", "Это время ещё не наступило.", "Бұл уақыт әлі келген жоқ.", "The time is in the future."),
    (
        "time_too_old",
        "Это время слишком давнее: не раньше чем {days} дней назад.",
        "Бұл уақыт тым ескі: {days} күннен бұрын болмауы керек.",
        "The time is too long ago: not more than {days} days.",
    ),
];

/// Why a rule of the domain refuses.
pub const RULES: &[Row] = &[
    (
        "cursor_pruned",
        "Изменения до этого места больше не хранятся.",
        "Осы жерге дейінгі өзгерістер енді сақталмайды.",
        "The changes after this place are no longer kept.",
    ),
    (
        "cursor_of_other_reach",
        "Метка выдана другому пользователю или до изменения ваших ролей или организации.",
        "Белгі басқа пайдаланушыға немесе рөлдеріңіз не ұйымыңыз өзгергенге дейін берілген.",
        "The cursor was given to another user, or before your roles or your organisation changed.",
    ),
];
