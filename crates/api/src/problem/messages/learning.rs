//! Learned rules of matching, and records that may be one child.

use super::Row;

/// What can be wrong with a field.
pub const FIELDS: &[Row] = &[
    (
        "rules_begin_tomorrow",
        "Правила сопоставления вступают в силу не раньше завтрашнего дня.",
        "Салыстыру ережелері ертеңгі күннен ерте күшіне енбейді.",
        "Rules of matching come into force tomorrow at the earliest.",
    ),
    (
        "spread_out_of_range",
        "Разброс весов — от {min} до {max} бит.",
        "Салмақтардың шашырауы {min} пен {max} бит аралығында.",
        "The spread lies between {min} and {max} bits.",
    ),
];

/// Why a rule of the domain refuses.
pub const RULES: &[Row] = &[
    (
        "too_few_decisions",
        "Решений слишком мало, чтобы по ним учиться.",
        "Шешімдер үйрену үшін тым аз.",
        "There are too few decisions to learn from.",
    ),
    (
        "match_rules_unsound",
        "Правила, с которых начинается обучение, неверны.",
        "Үйрену басталатын ережелер дұрыс емес.",
        "The rules that learning begins with are not sound.",
    ),
    (
        "match_rules_date_taken",
        "На этот день уже есть другие правила.",
        "Бұл күнге басқа ережелер бар.",
        "There are other rules of that day.",
    ),
    (
        "child_match_review_decided",
        "Решение уже принято; его меняют объединение или разделение записей.",
        "Шешім қабылданған; оны жазбаларды біріктіру немесе бөлу өзгертеді.",
        "The pair was decided; merging and separating the records changes that.",
    ),
    (
        "child_match_review_said",
        "Вы уже подтвердили это для своей записи; ждём решения по другой.",
        "Сіз бұны өз жазбаңыз үшін растадыңыз; екіншісі бойынша шешім күтілуде.",
        "You said so for your record already; the other side has not answered yet.",
    ),
];
