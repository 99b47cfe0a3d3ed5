//! The course of one case, from its opening to where it stands.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use qorgan_domain::cases::{
    ApprovalRules, CaseAction, ClosureOutcome, EscalationTarget, ReviewConclusion, RiskLevel, Section, Stage,
};
use qorgan_domain::identity::Role;
use qorgan_domain::ids::CaseId;

use super::World;
use super::calendar::{earlier, later, moment, working_day};
use super::facts::nature;
use super::ids::{Kind, id};
use super::random::Random;
use super::steps::{Act, Advance, CasePlan, Deed, ReportPlan, Step, TaskPlan, Told};
use super::topics::{Topic, TopicTask};

/// What a case is to come to.
#[derive(Clone)]
pub(super) struct Sketch {
    pub(super) number: usize,
    pub(super) child: usize,
    /// The lead, by place in the region.
    pub(super) lead: usize,
    pub(super) topic: &'static Topic,
    /// The stage in which it stands in the end.
    pub(super) stage: Stage,
    /// Whether it came to that stage a second time: by reopening or by planning anew.
    pub(super) again: bool,
    /// The day by which all is done that is done.
    pub(super) last_day: NaiveDate,
}

/// A case with all its steps.
pub(super) struct Course {
    pub(super) id: CaseId,
    pub(super) opened_at: DateTime<Utc>,
    pub(super) manager: usize,
    pub(super) steps: Vec<Step>,
}

impl Course {
    /// Begins the case as late as its steps allow.
    pub(super) fn plan(world: &World, sketch: &Sketch) -> Self {
        let mut opened_on = sketch.last_day;
        loop {
            let course = Writer::new(world, sketch, working_day(opened_on)).write();
            let over = course
                .steps
                .iter()
                .map(|step| step.at.date_naive())
                .max()
                .map_or(0, |last| (last - sketch.last_day).num_days());
            match u32::try_from(over) {
                Ok(days) if days > 0 => opened_on = earlier(opened_on, days),
                _ => return course,
            }
        }
    }

    /// The plan of the opening, for who wants to add a signal to it.
    pub(super) fn opening(&mut self) -> &mut CasePlan {
        let opening = self.steps.iter_mut().find_map(|step| match &mut step.act {
            Act::OpenCase(plan) => Some(plan),
            _ => None,
        });
        opening.expect("every course begins with an opening")
    }
}

/// Writes the steps one after another.
struct Writer<'a> {
    world: &'a World,
    sketch: &'a Sketch,
    random: Random,
    id: CaseId,
    manager: usize,
    supervisor: usize,
    opened_at: DateTime<Utc>,
    now: DateTime<Utc>,
    steps: Vec<Step>,
    /// How it ends, if it ends.
    outcome: ClosureOutcome,
}

impl<'a> Writer<'a> {
    fn new(world: &'a World, sketch: &'a Sketch, opened_on: NaiveDate) -> Self {
        let mut random = Random::stream("case", sketch.number);
        let opened_at = moment(opened_on, &mut random);
        let outcome = match random.below(100) {
            0..45 => ClosureOutcome::SafetyRestored,
            45..75 => ClosureOutcome::RiskReduced,
            75..87 => ClosureOutcome::NotConfirmed,
            87..95 => ClosureOutcome::MovedAway,
            _ => ClosureOutcome::Other,
        };
        Self {
            world,
            sketch,
            random,
            id: id(Kind::Case, opened_at, sketch.number).into(),
            manager: world.staff.voice(sketch.lead),
            supervisor: world.staff.supervisor(&world.region, sketch.lead),
            opened_at,
            now: opened_at,
            steps: Vec::new(),
            outcome,
        }
    }

    fn write(mut self) -> Course {
        self.follow();
        Course { id: self.id, opened_at: self.opened_at, manager: self.manager, steps: self.steps }
    }

    fn follow(&mut self) {
        let stage = self.sketch.stage;
        let reopens = stage == Stage::Assessment && self.sketch.again;
        self.open();
        if stage == Stage::Registered {
            return self.note(30, Role::Psychologist, Section::Psychological, "Первая беседа назначена на эту неделю.");
        }
        self.start_assessment();
        if stage == Stage::Assessment && !reopens {
            return self.note(60, Role::Psychologist, Section::Psychological, "Беседа проведена, ребёнок насторожен.");
        }
        self.assess();
        if stage == Stage::Planning && !self.sketch.again {
            if self.random.chance(50) {
                self.after(2, 6);
                let draft = self.draft();
                self.work(self.manager, vec![draft]);
            }
            return;
        }
        self.plan();
        self.carry_out(stage == Stage::Implementation);
        if stage == Stage::Implementation {
            return;
        }
        self.review(reopens || stage == Stage::Closed);
        if reopens {
            self.after(20, 40);
            let told = Told {
                reason: Some("Новый тревожный знак, нужна новая оценка."), ..Told::default()
            };
            self.work(self.manager, vec![Deed::Advance(Advance { action: CaseAction::Reopen, told })]);
        }
    }

    // ---- opening and assessment

    fn open(&mut self) {
        let topic = self.sketch.topic;
        let kazakh = self.random.chance(25);
        let plan = CasePlan {
            id: self.id,
            child: self.sketch.child,
            signal: None,
            title: if kazakh { topic.title_kk } else { topic.title },
            description: topic.description,
            grounds: self.random.chance(40).then_some("Обращение сотрудника организации"),
            // The first impression may be milder than what the assessment finds.
            risk_level: if topic.risk == RiskLevel::High && self.random.chance(40) {
                RiskLevel::Medium
            } else {
                topic.risk
            },
        };
        self.step(self.manager, Act::OpenCase(Box::new(plan)));
        // Most make the first contact soon; the rest shows what is told of a missed one.
        if !self.sketch.number.is_multiple_of(8) {
            self.now += TimeDelta::minutes(if topic.risk == RiskLevel::Critical { 20 } else { 50 });
            let text = "Первый контакт состоялся: с ребёнком и родителем поговорили.";
            self.work(self.manager, vec![Deed::Note { section: Section::General, text }]);
        }
        if topic.risk == RiskLevel::Critical {
            self.soon();
            self.escalate(EscalationTarget::CrisisManagement, "Есть угроза жизни и здоровью ребёнка.");
            self.follow_protocols(&["UZ", "DP", "UO"], 100);
        }
    }

    fn start_assessment(&mut self) {
        self.after(1, 3);
        self.work(self.manager, vec![Deed::advance(CaseAction::StartAssessment)]);
    }

    fn assess(&mut self) {
        let topic = self.sketch.topic;
        self.after(1, 4);
        self.note(40, Role::Psychologist, Section::Psychological, "Ребёнок идёт на контакт, тревога выше обычной.");
        let assessment = Deed::Assess { risk_level: topic.risk, needs: topic.needs, child_view: topic.child_view };
        let mut deeds = vec![assessment, Deed::advance(CaseAction::CompleteAssessment)];
        // By the number of the case, not by chance: what else happens stays as it is.
        if self.sketch.number.is_multiple_of(3) {
            deeds.push(Deed::Family);
        }
        if self.sketch.number.is_multiple_of(4) && self.world.region.organisations[self.sketch.lead].agency == "UO" {
            deeds.push(Deed::Place {
                ground: "family_in_difficulty",
                plan: "Еженедельные беседы социального педагога с ребёнком и семьёй.",
            });
        }
        self.work(self.manager, deeds);
        let asks_board = topic.risk == RiskLevel::High && self.random.chance(12);
        if asks_board {
            self.soon();
            let target = self.random.pick(&[EscalationTarget::Consilium, EscalationTarget::Commission]);
            self.escalate(target, "Нужно решение нескольких ведомств.");
        }
    }

    fn escalate(&mut self, target: EscalationTarget, reason: &'static str) {
        let told = Told { reason: Some(reason), escalate_to: Some(target), ..Told::default() };
        self.work(self.manager, vec![Deed::Advance(Advance { action: CaseAction::Escalate, told })]);
    }

    // ---- plan and tasks

    fn draft(&self) -> Deed {
        let today = self.now.date_naive();
        let task = |task: &TopicTask| TaskPlan {
            title: task.title,
            organisation: self.holder(task),
            section: task.section,
            due_on: later(today, task.days),
            mandatory: task.mandatory,
        };
        Deed::Plan { goal: self.sketch.topic.goal, tasks: self.sketch.topic.tasks.iter().map(task).collect() }
    }

    /// Whose task it is.
    fn holder(&self, task: &TopicTask) -> usize {
        let lead = &self.world.region.organisations[self.sketch.lead];
        task.agency.map_or(self.sketch.lead, |agency| self.world.region.on_duty(agency, lead.kato))
    }

    fn plan(&mut self) {
        self.after(2, 7);
        let draft = self.draft();
        let approve = Deed::advance(CaseAction::ApprovePlan);
        if ApprovalRules::default().of(self.sketch.topic.risk).supervisor {
            self.work(self.manager, vec![draft]);
            self.after(1, 2);
            self.work(self.supervisor, vec![approve]);
        } else {
            self.work(self.manager, vec![draft, approve]);
        }
        let outside = self
            .sketch
            .topic
            .tasks
            .iter()
            .find(|task| task.agency.is_some_and(|agency| agency == "UZ" || agency == "DP"));
        let reporter = outside.filter(|_| self.random.chance(30)).map(|task| self.world.staff.voice(self.holder(task)));
        // What happened cannot be closed without a report to the register.
        let percent = if self.sketch.stage == Stage::Implementation { 60 } else { 100 };
        if self.outcome != ClosureOutcome::NotConfirmed && self.random.chance(percent) {
            self.soon();
            self.report(reporter.unwrap_or(self.manager));
        }
    }

    /// The tasks that are done; with `halfway` only some of them.
    fn carry_out(&mut self, halfway: bool) {
        for task in self.sketch.topic.tasks {
            let percent = match (halfway, task.mandatory) {
                (true, _) => 45,
                (false, true) => 100,
                (false, false) => 70,
            };
            if !self.random.chance(percent) {
                continue;
            }
            self.after(1, 6);
            let worker = self.world.staff.voice(self.holder(task));
            let mut deeds = vec![Deed::Complete { title: task.title, result: task.result }];
            let note = match task.section {
                Section::Medical => Some("Повторный осмотр через месяц."),
                Section::Investigation => Some("Сведения проверены по базам, новых нет."),
                Section::Social => Some("Семья готова к сотрудничеству."),
                _ => None,
            };
            if let Some(text) = note.filter(|_| self.random.chance(35)) {
                deeds.push(Deed::Note { section: task.section, text });
            }
            self.work(worker, deeds);
        }
        // The lead comes twice: some of its steps wait for those of others.
        self.follow_protocols(&["", "UZ", "DP", "UKZSP", "OPEKA", "UO", ""], if halfway { 40 } else { 85 });
    }

    /// Those on duty do what protocols ask of them, in so many of a hundred cases each; without a name the lead does.
    fn follow_protocols(&mut self, agencies: &[&str], percent: u32) {
        // Draws of their own, so that they change nothing else of the case.
        let mut random = Random::stream("protocols", self.sketch.number);
        let lead = &self.world.region.organisations[self.sketch.lead];
        let on_duty = |agency: &str| match agency {
            "" => self.sketch.lead,
            agency => self.world.region.on_duty(agency, lead.kato),
        };
        let places: Vec<usize> = agencies.iter().map(|agency| on_duty(agency)).collect();
        for place in places {
            if random.chance(percent) {
                self.work(self.world.staff.voice(place), vec![Deed::FollowProtocols]);
            }
        }
    }

    fn report(&mut self, reporter: usize) {
        let topic = self.sketch.topic;
        let occurred_on = earlier(self.opened_at.date_naive(), self.random.below(6)).min(super::facts::last_day());
        let report = ReportPlan {
            id: id(Kind::Report, self.now, self.sketch.number).into(),
            nature: nature(topic.what),
            occurred_on,
            setting: topic.setting,
            relation: topic.relation,
            child: self.sketch.child,
            description: topic.description,
        };
        self.work(reporter, vec![Deed::Report(Box::new(report))]);
    }

    // ---- review and closure

    fn review(&mut self, ends: bool) {
        let stage = self.sketch.stage;
        let start = || Deed::advance(CaseAction::StartReview);
        if self.random.chance(25) {
            self.after(5, 12);
            let review = self.reviewed(ReviewConclusion::Continue, "Часть мероприятий ещё идёт.");
            self.work(self.manager, vec![start(), review, Deed::advance(CaseAction::Continue)]);
        }
        self.after(5, 15);
        if stage == Stage::Planning {
            let review = self.reviewed(ReviewConclusion::Replan, "Цель не достигнута, план нужно изменить.");
            return self.work(self.manager, vec![start(), review, Deed::advance(CaseAction::Replan)]);
        }
        let mut deeds = vec![start()];
        if stage == Stage::Review {
            if self.random.chance(50) {
                deeds.push(
                    self.reviewed(ReviewConclusion::ProposeClosure, "Цель достигнута, можно предлагать закрытие."),
                );
            }
            return self.work(self.manager, deeds);
        }
        self.work(self.manager, deeds);
        self.after(1, 4);
        self.propose();
        if !ends {
            return;
        }
        self.after(1, 4);
        if self.random.chance(12) {
            let told = Told {
                reason: Some("Не видно мнения ребёнка, дополните обзор."), ..Told::default()
            };
            self.work(self.supervisor, vec![Deed::Advance(Advance { action: CaseAction::RejectClosure, told })]);
            self.after(3, 8);
            self.propose();
            self.after(1, 3);
        }
        self.work(self.supervisor, vec![Deed::advance(CaseAction::ApproveClosure)]);
    }

    fn reviewed(&self, conclusion: ReviewConclusion, summary: &'static str) -> Deed {
        let goes_on = conclusion == ReviewConclusion::Continue;
        let next_review_on = goes_on.then(|| later(self.now.date_naive(), 14));
        Deed::Review { conclusion, next_review_on, summary }
    }

    fn propose(&mut self) {
        let reason = "Сделано в рамках плана, отдельно не требуется.";
        self.work(self.supervisor, vec![Deed::WaiveProtocols { reason }]);
        let review = self.reviewed(ReviewConclusion::ProposeClosure, "Новых тревожных знаков нет, цель достигнута.");
        let optional = self.sketch.topic.tasks.iter().filter(|task| !task.mandatory).map(|task| task.title).collect();
        let waive = Deed::Waive { titles: optional, reason: "Больше не требуется." };
        let reason = match self.outcome {
            ClosureOutcome::NotConfirmed => "Проверка не подтвердила сообщённое.",
            ClosureOutcome::MovedAway => "Семья переехала, принимающая сторона уведомлена.",
            ClosureOutcome::RiskReduced => "Риск снижен, достаточно обычных услуг.",
            _ => "Ребёнок в безопасности, два обзора без новых знаков.",
        };
        let told = Told { reason: Some(reason), outcome: Some(self.outcome), ..Told::default() };
        let advance = Deed::Advance(Advance { action: CaseAction::ProposeClosure, told });
        self.work(self.manager, vec![review, waive, advance]);
    }

    // ---- the pen

    /// A note by somebody of the lead organisation, in so many of a hundred cases.
    fn note(&mut self, percent: u32, role: Role, section: Section, text: &'static str) {
        if let Some(author) = self.world.staff.worker(self.sketch.lead, role)
            && self.random.chance(percent)
        {
            self.soon();
            self.work(author, vec![Deed::Note { section, text }]);
        }
    }

    fn work(&mut self, actor: usize, deeds: Vec<Deed>) {
        self.step(actor, Act::Work { case: self.id, deeds });
    }

    fn step(&mut self, actor: usize, act: Act) {
        let key = format!("case-{:03}.{:02}", self.sketch.number, self.steps.len());
        // Two steps of one case never fall on one moment, so their order is that of their times.
        self.now += TimeDelta::minutes(1);
        self.steps.push(Step { at: self.now, actor, key, act });
    }

    /// Goes on to a later working day.
    fn after(&mut self, low: u32, high: u32) {
        let day = working_day(later(self.now.date_naive(), self.random.between(low, high)));
        self.now = moment(day, &mut self.random);
    }

    /// Goes on to later on the same day.
    fn soon(&mut self) {
        self.now += TimeDelta::minutes(i64::from(self.random.between(15, 60)));
    }
}
