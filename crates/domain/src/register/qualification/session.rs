//! A session of the group: a pure function of (session, command, time) to an event, and of (session, event) to the
//! session that follows.
//!
//! Invariants, by name:
//! * `no_qualification_without_quorum`: a fact is qualified only with enough voters and enough bodies present;
//! * `everybody_present_is_heard`: everybody present who votes on a fact gave an opinion, and the opinions carry it;
//! * `who_has_an_interest_does_not_judge`: a recused member neither counts, nor gives an opinion, nor records it;
//! * `closed_is_final`: no event follows the end of a session;
//! * `each_fact_is_settled`: no session is closed with a fact of its agenda unsettled.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};

use super::{Conclusion, GroupRules, QualificationOutcome, RecusalGround, opinions};
use crate::consilium::{AccessWindow, BoardMember, BoardRole, Gate, GateCode, SessionStatus, quorum};
use crate::ids::{FactId, QualificationItemId, UserId};
use crate::register::FactStatus;
use crate::words::words;

words! {
    /// What may be done to a session of the group.
    pub enum GroupAction {
        /// Change what it is called, where or when it is.
        Amend = "amend",
        /// Seat somebody in the group.
        Seat = "seat",
        /// Put a fact on the agenda.
        Schedule = "schedule",
        /// Say that a member has an interest in a fact.
        Recuse = "recuse",
        /// Ask an organisation for material.
        AskMaterial = "ask_material",
        /// Give an opinion on a fact.
        GiveOpinion = "give_opinion",
        /// Open it.
        Open = "open",
        /// Record who is present.
        RecordAttendance = "record_attendance",
        /// Record what was decided on a fact.
        Settle = "settle",
        /// Close it.
        Close = "close",
        /// Cancel it.
        Cancel = "cancel",
    }
}

/// A fact on the agenda.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupItem {
    /// Its id.
    pub id: QualificationItemId,
    /// The fact.
    pub fact: FactId,
    /// Where the fact stands in the register.
    pub standing: FactStatus,
    /// Into which fact it was merged.
    pub survivor: Option<FactId>,
    /// Who gives no opinion on it, and why.
    pub recused: BTreeMap<UserId, RecusalGround>,
    /// The opinions, as far as they are known.
    pub opinions: BTreeMap<UserId, Conclusion>,
    /// What it came to.
    pub outcome: Option<QualificationOutcome>,
}

/// What is recorded of a fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resolution {
    /// It was qualified.
    Qualified(Conclusion),
    /// It was put off, or there is nothing to decide any more.
    Postponed,
}

impl Resolution {
    /// In a word.
    #[must_use]
    pub const fn outcome(self) -> QualificationOutcome {
        match self {
            Self::Qualified(conclusion) => conclusion.outcome(),
            Self::Postponed => QualificationOutcome::Postponed,
        }
    }
}

/// A session as its rules see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Where it stands.
    pub status: SessionStatus,
    /// The rules that were in force when it was convened.
    pub rules: GroupRules,
    /// When its members may read the files.
    pub window: AccessWindow,
    /// The members.
    pub members: Vec<BoardMember>,
    /// Who is present.
    pub present: BTreeSet<UserId>,
    /// The agenda, in order.
    pub items: Vec<GroupItem>,
}

/// Something to be done to a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GroupCommand {
    /// Change it; a new time if there is one.
    Amend(Option<DateTime<Utc>>),
    /// Seat somebody.
    Seat(BoardMember),
    /// Put a fact on the agenda.
    Schedule(GroupItem),
    /// Somebody has an interest in a fact.
    Recuse(QualificationItemId, UserId),
    /// Ask for material on a fact.
    AskMaterial(QualificationItemId),
    /// Somebody gives an opinion on a fact.
    GiveOpinion(QualificationItemId, UserId, Conclusion),
    /// Open it.
    Open,
    /// These are present; whoever is not named is not.
    RecordAttendance(BTreeSet<UserId>),
    /// This came of a fact; recorded by this user.
    Settle(QualificationItemId, UserId, Resolution),
    /// Close it.
    Close,
    /// Cancel it.
    Cancel,
}

impl GroupCommand {
    /// The action's name.
    #[must_use]
    pub const fn action(&self) -> GroupAction {
        match self {
            Self::Amend(_) => GroupAction::Amend,
            Self::Seat(_) => GroupAction::Seat,
            Self::Schedule(_) => GroupAction::Schedule,
            Self::Recuse(..) => GroupAction::Recuse,
            Self::AskMaterial(_) => GroupAction::AskMaterial,
            Self::GiveOpinion(..) => GroupAction::GiveOpinion,
            Self::Open => GroupAction::Open,
            Self::RecordAttendance(_) => GroupAction::RecordAttendance,
            Self::Settle(..) => GroupAction::Settle,
            Self::Close => GroupAction::Close,
            Self::Cancel => GroupAction::Cancel,
        }
    }
}

/// What happened to a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GroupEvent {
    /// It was changed; its files are open to the members in this window.
    Amended(AccessWindow),
    /// Somebody was seated.
    Seated(BoardMember),
    /// A fact was put on the agenda.
    Scheduled(GroupItem),
    /// A member's interest was declared.
    Recused(QualificationItemId, UserId),
    /// Material was asked for.
    MaterialAsked(QualificationItemId),
    /// An opinion was given.
    OpinionGiven(QualificationItemId, UserId, Conclusion),
    /// It was opened; its files are open to the members in this window.
    Opened(AccessWindow),
    /// Who is present was recorded.
    AttendanceRecorded(BTreeSet<UserId>),
    /// This came of a fact.
    Settled(QualificationItemId, Resolution),
    /// It was closed.
    Closed,
    /// It was cancelled.
    Cancelled,
}

/// Why something cannot be done to a session now: everything that stands against it, at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupRefusal {
    /// The action.
    pub action: GroupAction,
    /// What is missing; never empty.
    pub missing: Vec<Gate>,
}

/// In which states of a session an action is possible.
#[must_use]
pub const fn possible_in(action: GroupAction) -> &'static [SessionStatus] {
    match action {
        GroupAction::Amend | GroupAction::Seat | GroupAction::Schedule | GroupAction::Open => &[SessionStatus::Planned],
        GroupAction::RecordAttendance | GroupAction::Settle | GroupAction::Close => &[SessionStatus::Open],
        GroupAction::Recuse | GroupAction::AskMaterial | GroupAction::GiveOpinion | GroupAction::Cancel => {
            &[SessionStatus::Planned, SessionStatus::Open]
        }
    }
}

impl Group {
    /// A session that is convened for a time, with who keeps it.
    #[must_use]
    pub fn convened(rules: GroupRules, scheduled_at: DateTime<Utc>, keeper: BoardMember) -> Self {
        Self {
            status: SessionStatus::Planned,
            rules,
            window: rules.board.window_when_planned(scheduled_at),
            members: vec![keeper],
            present: BTreeSet::new(),
            items: Vec::new(),
        }
    }

    /// An item of the agenda.
    #[must_use]
    pub fn item(&self, id: QualificationItemId) -> Option<&GroupItem> {
        self.items.iter().find(|item| item.id == id)
    }

    /// Those who judge a fact: in a voting role, present, without an interest.
    #[must_use]
    pub fn voters(&self, item: &GroupItem) -> Vec<&BoardMember> {
        quorum::voters(&self.members, &self.present, &item.recused.keys().copied().collect())
    }

    /// Decides on a command.
    ///
    /// # Errors
    /// A [`GroupRefusal`] that names everything that is missing.
    pub fn decide(&self, command: GroupCommand, now: DateTime<Utc>) -> Result<GroupEvent, GroupRefusal> {
        let action = command.action();
        if !possible_in(action).contains(&self.status) {
            let required: Vec<&str> = possible_in(action).iter().map(|status| status.as_str()).collect();
            let gate = Gate::new(GateCode::SessionStatus)
                .with("session_status", self.status)
                .with("required", required.join(","));
            return Err(GroupRefusal { action, missing: vec![gate] });
        }
        let missing = self.gates(&command);
        if missing.is_empty() { Ok(self.event(command, now)) } else { Err(GroupRefusal { action, missing }) }
    }

    fn event(&self, command: GroupCommand, now: DateTime<Utc>) -> GroupEvent {
        let rules = self.rules.board;
        match command {
            GroupCommand::Amend(time) => {
                GroupEvent::Amended(time.map_or(self.window, |time| rules.window_when_planned(time)))
            }
            GroupCommand::Seat(member) => GroupEvent::Seated(member),
            GroupCommand::Schedule(item) => GroupEvent::Scheduled(item),
            GroupCommand::Recuse(item, user) => GroupEvent::Recused(item, user),
            GroupCommand::AskMaterial(item) => GroupEvent::MaterialAsked(item),
            GroupCommand::GiveOpinion(item, user, conclusion) => GroupEvent::OpinionGiven(item, user, conclusion),
            GroupCommand::Open => GroupEvent::Opened(rules.window_when_opened(now)),
            GroupCommand::RecordAttendance(present) => GroupEvent::AttendanceRecorded(present),
            GroupCommand::Settle(item, _, resolution) => GroupEvent::Settled(item, resolution),
            GroupCommand::Close => GroupEvent::Closed,
            GroupCommand::Cancel => GroupEvent::Cancelled,
        }
    }

    fn unsettled(&self, id: QualificationItemId) -> Option<&GroupItem> {
        self.item(id).filter(|item| item.outcome.is_none())
    }

    fn gates(&self, command: &GroupCommand) -> Vec<Gate> {
        let mut missing = Vec::new();
        let mut demand = |holds: bool, code: GateCode| {
            if !holds {
                missing.push(Gate::new(code));
            }
        };
        let seated = |user: &UserId| self.members.iter().any(|member| member.user == *user);
        match command {
            GroupCommand::Amend(_) => {}
            GroupCommand::Seat(member) => {
                demand(!seated(&member.user), GateCode::AlreadySeated);
                let chairs = self.members.iter().filter(|known| known.role == BoardRole::Chair).count();
                demand(member.role != BoardRole::Chair || chairs == 0, GateCode::OneChair);
            }
            GroupCommand::Schedule(item) => {
                demand(self.items.iter().all(|known| known.fact != item.fact), GateCode::FactOnAgenda);
            }
            GroupCommand::Recuse(item, user) => {
                demand(self.unsettled(*item).is_some(), GateCode::FactDecided);
                demand(seated(user), GateCode::GroupMember);
            }
            GroupCommand::AskMaterial(item) => demand(self.unsettled(*item).is_some(), GateCode::FactDecided),
            GroupCommand::GiveOpinion(item, user, _) => return self.opinion_gates(*item, *user),
            GroupCommand::Open => {
                demand(self.members.iter().any(|member| member.role == BoardRole::Chair), GateCode::Chair);
                demand(!self.items.is_empty(), GateCode::AgendaFacts);
            }
            GroupCommand::RecordAttendance(present) => demand(present.iter().all(seated), GateCode::GroupMember),
            GroupCommand::Settle(item, recorder, resolution) => {
                return self.settle_gates(*item, *recorder, *resolution);
            }
            GroupCommand::Close => {
                let unsettled = self.items.iter().filter(|item| item.outcome.is_none()).count();
                if unsettled > 0 {
                    missing.push(Gate::new(GateCode::UnsettledFacts).with("unsettled", unsettled));
                }
            }
            GroupCommand::Cancel => {
                let qualified =
                    |item: &GroupItem| item.outcome.is_some_and(|outcome| outcome != QualificationOutcome::Postponed);
                demand(!self.items.iter().any(qualified), GateCode::NothingDecided);
            }
        }
        missing
    }

    fn opinion_gates(&self, item: QualificationItemId, user: UserId) -> Vec<Gate> {
        let Some(item) = self.unsettled(item) else { return vec![Gate::new(GateCode::FactDecided)] };
        let votes = self.members.iter().any(|member| member.user == user && member.role.votes());
        let mut missing = Vec::new();
        if !votes || item.recused.contains_key(&user) {
            missing.push(Gate::new(GateCode::NoOpinionOnFact));
        }
        if item.opinions.contains_key(&user) {
            missing.push(Gate::new(GateCode::OpinionGiven));
        }
        missing
    }

    fn settle_gates(&self, item: QualificationItemId, recorder: UserId, resolution: Resolution) -> Vec<Gate> {
        let Some(item) = self.unsettled(item) else { return vec![Gate::new(GateCode::FactDecided)] };
        let Resolution::Qualified(conclusion) = resolution else { return Vec::new() };
        let mut missing = Vec::new();
        match item.standing {
            FactStatus::Annulled => missing.push(Gate::new(GateCode::FactAnnulled)),
            FactStatus::Merged => {
                let gate = Gate::new(GateCode::FactMerged);
                missing.push(match item.survivor {
                    Some(survivor) => gate.with("survivor", survivor),
                    None => gate,
                });
            }
            _ => {}
        }
        if !self.present.contains(&recorder) || item.recused.get(&recorder) == Some(&RecusalGround::Declared) {
            missing.push(Gate::new(GateCode::Recorder));
        }
        let excluded: BTreeSet<UserId> = item.recused.keys().copied().collect();
        missing.extend(quorum::lacking(&self.members, &self.present, &excluded, self.rules.board));
        let voters = self.voters(item);
        missing.extend(opinions::missing(&voters, &item.opinions));
        if missing.is_empty() && !opinions::carry(&voters, &item.opinions, conclusion) {
            missing.push(Gate::new(GateCode::OpinionsMajority));
        }
        missing
    }

    fn item_mut(&mut self, id: QualificationItemId) -> Option<&mut GroupItem> {
        self.items.iter_mut().find(|item| item.id == id)
    }

    /// The session after an event.
    pub fn apply(&mut self, event: GroupEvent) {
        match event {
            GroupEvent::Amended(window) => self.window = window,
            GroupEvent::Seated(member) => self.members.push(member),
            GroupEvent::Scheduled(item) => self.items.push(item),
            GroupEvent::Recused(item, user) => {
                if let Some(item) = self.item_mut(item) {
                    item.recused.insert(user, RecusalGround::Declared);
                }
            }
            GroupEvent::MaterialAsked(_) => {}
            GroupEvent::OpinionGiven(item, user, conclusion) => {
                if let Some(item) = self.item_mut(item) {
                    item.opinions.insert(user, conclusion);
                }
            }
            GroupEvent::Opened(window) => {
                self.status = SessionStatus::Open;
                self.window = window;
            }
            GroupEvent::AttendanceRecorded(present) => self.present = present,
            GroupEvent::Settled(item, resolution) => {
                if let Some(item) = self.item_mut(item) {
                    item.outcome = Some(resolution.outcome());
                }
            }
            GroupEvent::Closed => self.status = SessionStatus::Closed,
            GroupEvent::Cancelled => self.status = SessionStatus::Cancelled,
        }
    }
}

#[cfg(test)]
mod tests;
