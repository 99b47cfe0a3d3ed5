//! What agencies report to the register of the made-up region apart from cases. Every word is invented.

use qorgan_domain::register::{Relation, Setting, SuicidalLevel, ViolenceForm};

use super::topics::What;

/// Reports of one kind: how many there are of it, of whom, by whom, in which words.
pub(super) struct Pattern {
    pub(super) what: What,
    /// How often it is reported, compared with the others.
    pub(super) weight: u32,
    /// From which to which age.
    pub(super) ages: (i32, i32),
    pub(super) settings: &'static [Setting],
    /// Empty for suicidal behaviour.
    pub(super) relations: &'static [Relation],
    /// `UO` stands for the child's own school.
    pub(super) agencies: &'static [&'static str],
    pub(super) words: &'static [&'static str],
}

use Relation::{Acquaintance, OtherRelative, ParentGuardian, Partner, PartnerOfParent, Peer, Staff, Stranger, Unknown};
use Setting::{College, Home, Online, Other, PublicPlace, Residential, School};
use ViolenceForm::{
    Bullying, Cyberbullying, Economic, Exploitation, Neglect, Physical, Psychological, Sexual, ViolentDeath, Witnessed,
};

macro_rules! pattern {
    ($what:expr, $weight:literal, $ages:expr, $settings:expr, $relations:expr, $agencies:expr, $words:expr) => {
        Pattern {
            what: $what,
            weight: $weight,
            ages: $ages,
            settings: $settings,
            relations: $relations,
            agencies: $agencies,
            words: $words,
        }
    };
}

/// What a child does not survive: the exact number of facts of each, spread over the years.
pub(super) const FATAL: &[(Pattern, usize)] = &[
    (
        pattern!(
            What::Suicidal(SuicidalLevel::Completed),
            0,
            (13, 17),
            &[Home, PublicPlace],
            &[],
            &["DP", "UZ"],
            &["Смерть подтверждена, обстоятельства выясняются.", "Сообщение бригады скорой помощи."]
        ),
        5,
    ),
    (
        pattern!(
            What::Violence(ViolentDeath, &[Physical]),
            0,
            (3, 17),
            &[Home, PublicPlace],
            &[ParentGuardian, Unknown],
            &["DP"],
            &["Начато досудебное расследование."]
        ),
        2,
    ),
];

/// The table.
pub(super) const PATTERNS: &[Pattern] = &[
    pattern!(
        What::Violence(Physical, &[Psychological]),
        46,
        (3, 17),
        &[Home, School, PublicPlace, Residential],
        &[ParentGuardian, Peer, PartnerOfParent, OtherRelative, Stranger],
        &["UZ", "DP", "UO"],
        &[
            "Ушибы, со слов ребёнка ударили.",
            "Обратились в приёмное отделение с ушибом плеча.",
            "Денесінде көгерген жерлер бар."
        ]
    ),
    pattern!(
        What::Violence(Bullying, &[Psychological]),
        52,
        (7, 17),
        &[School, College],
        &[Peer],
        &["UO"],
        &["Дразнят и толкают на переменах.", "Отбирают вещи после уроков.", "Сыныптастары мазақ етеді."]
    ),
    pattern!(
        What::Violence(Cyberbullying, &[]),
        30,
        (10, 17),
        &[Online],
        &[Peer, Unknown],
        &["UO", "DP"],
        &["Обидные записи в чате класса.", "Угрозы с незнакомой страницы."]
    ),
    pattern!(
        What::Violence(Psychological, &[]),
        34,
        (6, 17),
        &[Home, School],
        &[ParentGuardian, Staff, OtherRelative],
        &["UO", "UKZSP"],
        &["Постоянные крики и угрозы.", "Ребёнка унижали при других."]
    ),
    pattern!(
        What::Violence(Neglect, &[]),
        40,
        (3, 13),
        &[Home],
        &[ParentGuardian],
        &["UKZSP", "UO", "OPEKA", "DP"],
        &["Один дома до позднего вечера.", "Не лечат, пропущены осмотры.", "Бала тамақсыз қалған."]
    ),
    pattern!(
        What::Violence(Economic, &[Neglect]),
        14,
        (8, 17),
        &[Home],
        &[ParentGuardian, PartnerOfParent],
        &["UKZSP", "OPEKA"],
        &["Пособие ребёнка тратят другие."]
    ),
    pattern!(
        What::Violence(Sexual, &[Psychological]),
        16,
        (8, 17),
        &[Home, Other, Online],
        &[Acquaintance, OtherRelative, PartnerOfParent, Partner, Stranger],
        &["DP", "UZ"],
        &["Материал зарегистрирован, ребёнок осмотрен.", "Заявление законного представителя."]
    ),
    pattern!(
        What::Violence(Exploitation, &[Economic]),
        10,
        (11, 17),
        &[PublicPlace, Other],
        &[Acquaintance, ParentGuardian],
        &["DP"],
        &["Выявлен на ночной работе во время рейда.", "Просил деньги на рынке под присмотром взрослого."]
    ),
    pattern!(
        What::Violence(Witnessed, &[]),
        28,
        (3, 16),
        &[Home],
        &[ParentGuardian, PartnerOfParent],
        &["DP", "UO"],
        &["Был в квартире во время семейной ссоры.", "Рассказал учителю о драке родителей."]
    ),
    pattern!(
        What::Suicidal(SuicidalLevel::Ideation),
        36,
        (11, 17),
        &[School, Home, Online],
        &[],
        &["UO", "UZ"],
        &["Тревожные слова в анкете.", "Говорил друзьям, что не хочет жить."]
    ),
    pattern!(
        What::Suicidal(SuicidalLevel::SelfInjury),
        24,
        (11, 17),
        &[Home, School],
        &[],
        &["UZ", "UO"],
        &["Порезы на предплечье, замечены при осмотре.", "Самоповреждение после ссоры."]
    ),
    pattern!(
        What::Suicidal(SuicidalLevel::Preparatory),
        10,
        (12, 17),
        &[Home, Online],
        &[],
        &["UO", "DP"],
        &["Раздавал вещи и прощался с друзьями."]
    ),
    pattern!(
        What::Suicidal(SuicidalLevel::Aborted),
        9,
        (12, 17),
        &[Home, PublicPlace],
        &[],
        &["UZ", "DP"],
        &["Начал и сам остановился, рассказал матери."]
    ),
    pattern!(
        What::Suicidal(SuicidalLevel::Interrupted),
        8,
        (12, 17),
        &[Home, PublicPlace],
        &[],
        &["DP", "UZ"],
        &["Остановил прохожий.", "Успели родители."]
    ),
    pattern!(
        What::Suicidal(SuicidalLevel::Attempt),
        16,
        (12, 17),
        &[Home],
        &[],
        &["UZ"],
        &["Доставлен скорой помощью, жив.", "Отравление таблетками, состояние средней тяжести."]
    ),
];

#[cfg(test)]
mod tests {
    use qorgan_domain::register::{SuicidalLevel, ViolenceForm};

    use super::*;

    #[test]
    fn every_form_and_every_level_is_reported() {
        let all = || PATTERNS.iter().chain(FATAL.iter().map(|(pattern, _)| pattern));
        let form = |form| all().any(|pattern| matches!(pattern.what, What::Violence(main, _) if main == form));
        let level = |level| all().any(|pattern| matches!(pattern.what, What::Suicidal(found) if found == level));
        assert!(ViolenceForm::ALL.iter().all(|found| form(*found)));
        assert!(SuicidalLevel::ALL.iter().all(|found| level(*found)));
        assert!(all().all(|pattern| pattern.relations.is_empty() == matches!(pattern.what, What::Suicidal(_))));
    }
}
