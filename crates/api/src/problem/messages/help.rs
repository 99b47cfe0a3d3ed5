//! The in-school register, families, services, appointments.

use super::Row;

/// What can be wrong with a field.
pub const FIELDS: &[Row] = &[
    (
        "unknown_service",
        "Такой услуги нет в справочнике.",
        "Анықтамалықта мұндай қызмет жоқ.",
        "There is no such service.",
    ),
    (
        "unknown_family_member",
        "Такого члена семьи в этом случае нет.",
        "Бұл жағдайда мұндай отбасы мүшесі жоқ.",
        "There is no such family member in this case.",
    ),
    // The in-school register.
    (
        "ground_not_allowed",
        "Такого основания нет, или в этот день оно не действует; допустимы: {allowed}.",
        "Мұндай негіз жоқ немесе ол бұл күні қолданылмайды; рұқсат етілгендері: {allowed}.",
        "There is no such ground, or not on that day; allowed: {allowed}.",
    ),
    (
        "decision_after_effect",
        "Решение принято позже дня, с которого оно действует.",
        "Шешім ол күшіне енетін күннен кейін қабылданған.",
        "The decision is later than the day on which it takes effect.",
    ),
    (
        "review_before_placement",
        "Дата пересмотра раньше постановки на учёт.",
        "Қайта қарау күні есепке қойылған күннен бұрын.",
        "The review lies before the placement.",
    ),
];

/// Why a rule of the domain refuses.
pub const RULES: &[Row] = &[
    (
        "already_on_register",
        "В эти дни ребёнок уже состоит на учёте в этой или другой школе.",
        "Бұл күндері бала осы немесе басқа мектепте есепте тұр.",
        "On these days the child already stands on the register of this or another school.",
    ),
    (
        "appointment_not_begun",
        "Встреча ещё не началась.",
        "Кездесу әлі басталған жоқ.",
        "The appointment has not begun.",
    ),
    (
        "appointment_settled",
        "Исход встречи уже записан.",
        "Кездесудің нәтижесі жазылып қойған.",
        "What became of the appointment is already recorded.",
    ),
    (
        "child_of_other_school",
        "Ребёнок учится в школе, за которую вы не действуете.",
        "Бала сіз атынан әрекет етпейтін мектепте оқиды.",
        "The child belongs to a school that you do not act for.",
    ),
    (
        "child_without_school",
        "В записи ребёнка не указана школа.",
        "Баланың жазбасында мектеп көрсетілмеген.",
        "The child's record names no school.",
    ),
    (
        "consent_nothing_to_withdraw",
        "Согласия, которое можно отозвать, нет.",
        "Қайтарып алуға болатын келісім жоқ.",
        "There is no consent to withdraw.",
    ),
    (
        "placement_annulled",
        "Запись об учёте аннулирована: её не меняют.",
        "Есеп жазбасының күші жойылған: ол өзгертілмейді.",
        "The placement was annulled: it stays as it is.",
    ),
    (
        "placement_not_open",
        "Ребёнок уже снят с учёта, или ещё не снят: постановку и снятие исправление не меняет.",
        "Бала есептен шығарылған немесе әлі шығарылмаған: түзету есепке қоюды не шығаруды өзгертпейді.",
        "The child is already removed, or not yet: a correction neither opens nor removes.",
    ),
    (
        "removal_before_placement",
        "Снятие с учёта раньше постановки.",
        "Есептен шығару есепке қоюдан бұрын.",
        "The removal lies before the placement.",
    ),
    (
        "service_not_for_age",
        "Услуга не для этого возраста.",
        "Қызмет бұл жасқа арналмаған.",
        "The service is not for this age.",
    ),
    (
        "service_not_given_then",
        "В этот день услуга не оказывается.",
        "Бұл күні қызмет көрсетілмейді.",
        "The service is not given on that day.",
    ),
];
