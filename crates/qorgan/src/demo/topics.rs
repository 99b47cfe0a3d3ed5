//! What cases of the made-up region are about. Every word is invented.
//!
//! One file, since it is a table: a topic is read from top to bottom.

use qorgan_domain::cases::{RiskLevel, Section};
use qorgan_domain::register::{Relation, Setting, SuicidalLevel, ViolenceForm};

/// What a fact is, as written in the tables of the demonstration.
#[derive(Debug, Clone, Copy)]
pub(super) enum What {
    /// Violence: the main form and others.
    Violence(ViolenceForm, &'static [ViolenceForm]),
    /// Suicidal behaviour.
    Suicidal(SuicidalLevel),
}

/// A task of a plan.
#[derive(Debug, Clone, Copy)]
pub(super) struct TopicTask {
    /// Whose; none for the lead itself.
    pub(super) agency: Option<&'static str>,
    pub(super) section: Section,
    pub(super) title: &'static str,
    pub(super) result: &'static str,
    pub(super) mandatory: bool,
    /// Days from plan to due date.
    pub(super) days: u32,
}

/// What a case is about.
#[derive(Debug, Clone, Copy)]
pub(super) struct Topic {
    pub(super) what: What,
    /// From which to which age.
    pub(super) ages: (i32, i32),
    /// What the assessment finds.
    pub(super) risk: RiskLevel,
    pub(super) setting: Setting,
    pub(super) relation: Option<Relation>,
    pub(super) title: &'static str,
    pub(super) title_kk: &'static str,
    pub(super) description: &'static str,
    pub(super) needs: &'static str,
    pub(super) child_view: &'static str,
    pub(super) goal: &'static str,
    pub(super) tasks: &'static [TopicTask],
}

const fn task(
    agency: Option<&'static str>,
    section: Section,
    title: &'static str,
    result: &'static str,
    mandatory: bool,
    days: u32,
) -> TopicTask {
    TopicTask { agency, section, title, result, mandatory, days }
}

const UZ: Option<&str> = Some("UZ");
const DP: Option<&str> = Some("DP");
const UKZSP: Option<&str> = Some("UKZSP");
const OPEKA: Option<&str> = Some("OPEKA");

const TALKS: TopicTask = task(
    None,
    Section::General,
    "Беседы с ребёнком раз в неделю",
    "Проведены четыре беседы, ребёнок стал спокойнее",
    true,
    21,
);
const FAMILY_VISIT: TopicTask =
    task(UKZSP, Section::Social, "Посещение семьи", "Семья посещена, составлен акт условий жизни", true, 14);
const EXAMINATION: TopicTask =
    task(UZ, Section::Medical, "Осмотр врача", "Осмотр проведён, рекомендации переданы родителям", true, 7);
const SPECIALIST: TopicTask = task(
    UZ,
    Section::Medical,
    "Консультация детского психиатра",
    "Консультация проведена, назначено наблюдение",
    true,
    10,
);
const INQUIRY: TopicTask = task(
    DP,
    Section::Investigation,
    "Проверка обстоятельств",
    "Опрошены свидетели, материал зарегистрирован",
    true,
    10,
);
const PREVENTION: TopicTask = task(
    DP,
    Section::Investigation,
    "Профилактическая беседа с участниками",
    "Беседа проведена с родителями",
    false,
    14,
);
const CLASS_WORK: TopicTask = task(
    None,
    Section::General,
    "Занятие с классом о травле",
    "Занятие проведено, класс выбрал свои правила",
    false,
    28,
);
const SUPPORT: TopicTask = task(
    UKZSP,
    Section::Social,
    "Оформление социальной помощи семье",
    "Документы приняты, помощь назначена",
    false,
    30,
);
const GUARDIAN: TopicTask = task(
    OPEKA,
    Section::Social,
    "Заключение об условиях у родственников",
    "Заключение готово, условия подходят",
    true,
    20,
);

/// The table.
pub(super) const TOPICS: &[Topic] = &[
    Topic {
        what: What::Violence(ViolenceForm::Bullying, &[ViolenceForm::Psychological]),
        ages: (8, 16),
        risk: RiskLevel::Medium,
        setting: Setting::School,
        relation: Some(Relation::Peer),
        title: "Травля в классе",
        title_kk: "Сыныптағы қорлау",
        description: "Одноклассники второй месяц дразнят и прячут вещи, ребёнок просит пересадить его.",
        needs: "Безопасность на переменах, поддержка психолога, разговор с родителями участников.",
        child_view: "Хочу остаться в своём классе, но чтобы меня не трогали.",
        goal: "Травля прекращена",
        tasks: &[TALKS, CLASS_WORK, PREVENTION],
    },
    Topic {
        what: What::Violence(ViolenceForm::Cyberbullying, &[]),
        ages: (11, 17),
        risk: RiskLevel::Medium,
        setting: Setting::Online,
        relation: Some(Relation::Peer),
        title: "Оскорбления в общем чате",
        title_kk: "Жалпы чаттағы балағаттау",
        description: "В чате класса выкладывают обидные картинки и просят не отвечать ребёнку.",
        needs: "Закрыть чат, сохранить переписку, поговорить с классом.",
        child_view: "Боюсь открывать телефон.",
        goal: "Ребёнка не преследуют в сети",
        tasks: &[TALKS, PREVENTION, CLASS_WORK],
    },
    Topic {
        what: What::Violence(ViolenceForm::Physical, &[ViolenceForm::Psychological]),
        ages: (4, 17),
        risk: RiskLevel::High,
        setting: Setting::Home,
        relation: Some(Relation::ParentGuardian),
        title: "Синяки, ребёнок не хочет идти домой",
        title_kk: "Көгерген жерлері бар, үйге барғысы келмейді",
        description: "Второй раз за месяц видны синяки на руках. На вопросы о доме ребёнок не отвечает.",
        needs: "Осмотр врача, безопасное место на выходные, работа с родителями.",
        child_view: "Хочу пожить у бабушки.",
        goal: "Ребёнок в безопасности дома",
        tasks: &[EXAMINATION, INQUIRY, FAMILY_VISIT, TALKS],
    },
    Topic {
        what: What::Violence(ViolenceForm::Neglect, &[]),
        ages: (3, 13),
        risk: RiskLevel::Medium,
        setting: Setting::Home,
        relation: Some(Relation::ParentGuardian),
        title: "Ребёнок остаётся без присмотра",
        title_kk: "Бала қараусыз қалады",
        description: "Приходит голодным и одетым не по погоде, вечером дома никого нет.",
        needs: "Питание, тёплая одежда, помощь семье с работой и оплатой жилья.",
        child_view: "Хорошо, когда мама дома.",
        goal: "О ребёнке заботятся каждый день",
        tasks: &[FAMILY_VISIT, SUPPORT, TALKS],
    },
    Topic {
        what: What::Violence(ViolenceForm::Psychological, &[]),
        ages: (6, 17),
        risk: RiskLevel::Low,
        setting: Setting::Home,
        relation: Some(Relation::OtherRelative),
        title: "Крики и угрозы дома",
        title_kk: "Үйдегі айқай мен қорқыту",
        description: "Ребёнок рассказал, что взрослый родственник кричит и грозит отдать его в интернат.",
        needs: "Разговор с семьёй, несколько встреч с психологом.",
        child_view: "Пусть со мной говорят спокойно.",
        goal: "Дома с ребёнком говорят спокойно",
        tasks: &[TALKS, FAMILY_VISIT],
    },
    Topic {
        what: What::Violence(ViolenceForm::Sexual, &[ViolenceForm::Psychological]),
        ages: (9, 17),
        risk: RiskLevel::Critical,
        setting: Setting::Other,
        relation: Some(Relation::Acquaintance),
        title: "Возможное сексуальное насилие",
        title_kk: "Жыныстық зорлық болуы мүмкін",
        description: "Ребёнок сообщил взрослому, которому доверяет. Подробности записаны следователем.",
        needs: "Защита от встреч с подозреваемым, врач, психолог, сопровождение на допросах.",
        child_view: "Не хочу рассказывать об этом снова.",
        goal: "Ребёнок защищён и получает помощь",
        tasks: &[EXAMINATION, INQUIRY, TALKS, GUARDIAN],
    },
    Topic {
        what: What::Violence(ViolenceForm::Economic, &[ViolenceForm::Neglect]),
        ages: (10, 17),
        risk: RiskLevel::Low,
        setting: Setting::Home,
        relation: Some(Relation::PartnerOfParent),
        title: "У ребёнка забирают пособие",
        title_kk: "Баланың жәрдемақысын тартып алады",
        description: "Деньги на питание и одежду тратит сожитель матери, в школу не на что собраться.",
        needs: "Пособие на счёт ребёнка, помощь к школе.",
        child_view: "Мне нужны ботинки.",
        goal: "Средства ребёнка тратятся на него",
        tasks: &[FAMILY_VISIT, SUPPORT],
    },
    Topic {
        what: What::Violence(ViolenceForm::Exploitation, &[ViolenceForm::Economic]),
        ages: (12, 17),
        risk: RiskLevel::High,
        setting: Setting::PublicPlace,
        relation: Some(Relation::Acquaintance),
        title: "Работа по ночам вместо учёбы",
        title_kk: "Оқудың орнына түнгі жұмыс",
        description: "Подросток пропускает уроки: по ночам разгружает машины, деньги получает взрослый.",
        needs: "Вернуть к учёбе, проверить работодателя, помочь семье.",
        child_view: "Хочу закончить девятый класс.",
        goal: "Подросток учится, ночной работы нет",
        tasks: &[INQUIRY, FAMILY_VISIT, TALKS, SUPPORT],
    },
    Topic {
        what: What::Violence(ViolenceForm::Witnessed, &[]),
        ages: (4, 15),
        risk: RiskLevel::Medium,
        setting: Setting::Home,
        relation: Some(Relation::ParentGuardian),
        title: "Драки между взрослыми на глазах у ребёнка",
        title_kk: "Баланың көзінше ересектердің төбелесі",
        description: "Соседи вызывали полицию дважды, ребёнок прятался на кухне.",
        needs: "Безопасность матери и ребёнка, психолог.",
        child_view: "Мне страшно, когда они ругаются.",
        goal: "Ребёнок не видит насилия",
        tasks: &[INQUIRY, FAMILY_VISIT, TALKS],
    },
    Topic {
        what: What::Suicidal(SuicidalLevel::Ideation),
        ages: (12, 17),
        risk: RiskLevel::High,
        setting: Setting::School,
        relation: None,
        title: "Говорит, что не хочет жить",
        title_kk: "Өмір сүргісі келмейтінін айтады",
        description: "Классный руководитель прочёл тревожные слова в сочинении, подросток замкнулся.",
        needs: "Консультация психиатра, встречи с психологом, внимание родителей.",
        child_view: "Хочу, чтобы меня просто выслушали.",
        goal: "Подросток чувствует поддержку",
        tasks: &[SPECIALIST, TALKS],
    },
    Topic {
        what: What::Suicidal(SuicidalLevel::SelfInjury),
        ages: (12, 17),
        risk: RiskLevel::High,
        setting: Setting::Home,
        relation: None,
        title: "Самоповреждения",
        title_kk: "Өзіне зақым келтіру",
        description: "Следы на предплечьях заметила медсестра при осмотре.",
        needs: "Врач, психолог, план безопасности дома.",
        child_view: "Мне легче, когда рядом сестра.",
        goal: "Подросток умеет справляться иначе",
        tasks: &[EXAMINATION, SPECIALIST, TALKS],
    },
    Topic {
        what: What::Suicidal(SuicidalLevel::Attempt),
        ages: (13, 17),
        risk: RiskLevel::Critical,
        setting: Setting::Home,
        relation: None,
        title: "Попытка, ребёнок в больнице",
        title_kk: "Әрекет жасалды, бала ауруханада",
        description: "Доставлен скорой помощью, состояние стабильное, родители рядом.",
        needs: "Лечение, наблюдение, помощь родителям, бережное возвращение в школу.",
        child_view: "Пока не хочу говорить.",
        goal: "Жизнь подростка вне опасности",
        tasks: &[EXAMINATION, SPECIALIST, FAMILY_VISIT, TALKS],
    },
];

#[cfg(test)]
mod tests {
    use qorgan_domain::text::{Narrative, Title};

    use super::*;

    #[test]
    fn every_text_fits_and_every_plan_has_something_mandatory() {
        for topic in TOPICS {
            assert!([topic.title, topic.title_kk, topic.goal].into_iter().all(|text| Title::new(text).is_ok()));
            let texts = [topic.description, topic.needs, topic.child_view];
            assert!(texts.into_iter().all(|text| Narrative::new(text).is_ok()));
            assert!(topic.tasks.iter().any(|task| task.mandatory), "{}", topic.title);
            assert!(
                topic.tasks.iter().all(|task| Title::new(task.title).is_ok() && Narrative::new(task.result).is_ok())
            );
            assert_eq!(topic.relation.is_some(), matches!(topic.what, What::Violence(..)), "{}", topic.title);
        }
    }
}
