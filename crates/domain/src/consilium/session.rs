//! A session of the board: a pure function of (session, command, time) to an event, and of (session, event) to the
//! session that follows.
//!
//! Invariants, by name:
//! * `no_decision_without_quorum`: whatever is decided on a case was decided with quorum among those who may vote on it;
//! * `who_has_an_interest_does_not_vote`: a member in conflict with a case has no vote on it;
//! * `closed_is_final`: no event follows the end of a session;
//! * `each_case_is_settled`: no session is closed with a case of its agenda undecided.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};

use super::{
    AccessWindow, BoardOutcome, BoardRole, BoardRules, ConflictGround, Gate, GateCode, SessionStatus, Vote, quorum,
};
use crate::cases::Section;
use crate::identity::AgencyCode;
use crate::ids::{CaseId, ConsiliumItemId, OrganisationId, UserId};
use crate::words::words;

words! {
    /// What may be done to a session.
    pub enum SessionAction {
        /// Change what it is called, where or when it is.
        Amend = "amend",
        /// Seat somebody on the board.
        Seat = "seat",
        /// Put a case on the agenda.
        Schedule = "schedule",
        /// Say that a member has an interest in a case.
        DeclareConflict = "declare_conflict",
        /// Open it.
        Open = "open",
        /// Record who is present.
        RecordAttendance = "record_attendance",
        /// Record a decision on a case.
        RecordDecision = "record_decision",
        /// Close it.
        Close = "close",
        /// Cancel it.
        Cancel = "cancel",
    }
}

/// Somebody who sits on the board.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoardMember {
    /// The user.
    pub user: UserId,
    /// For which organisation.
    pub organisation: OrganisationId,
    /// Of which agency.
    pub agency: AgencyCode,
    /// As what.
    pub role: BoardRole,
}

/// A case on the agenda.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgendaItem {
    /// Its id.
    pub id: ConsiliumItemId,
    /// The case.
    pub case: CaseId,
    /// The section that protects the question put to the board, and a decision that says more than all may know.
    pub section: Section,
    /// Who does not vote on it, and why.
    pub conflicts: BTreeMap<UserId, ConflictGround>,
    /// What was decided.
    pub decision: Option<BoardDecision>,
}

/// What the board decided on a case. Its text is kept by the storage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoardDecision {
    /// What it came to.
    pub outcome: BoardOutcome,
    /// The section that protects its text: `general`, or the item's.
    pub section: Section,
    /// Who voted how.
    pub votes: BTreeMap<UserId, Vote>,
    /// How many tasks it gives to organisations.
    pub tasks: usize,
}

/// A session as its rules see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Where it stands.
    pub status: SessionStatus,
    /// The rules that were in force when it was convened.
    pub rules: BoardRules,
    /// When its members may read its cases.
    pub window: AccessWindow,
    /// The board.
    pub members: Vec<BoardMember>,
    /// Who is present.
    pub present: BTreeSet<UserId>,
    /// The agenda, in order.
    pub items: Vec<AgendaItem>,
}

/// Something to be done to a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Change it; a new time if there is one.
    Amend(Option<DateTime<Utc>>),
    /// Seat somebody.
    Seat(BoardMember),
    /// Put a case on the agenda.
    Schedule(AgendaItem),
    /// Somebody has an interest in the case of an item.
    DeclareConflict(ConsiliumItemId, UserId),
    /// Open it.
    Open,
    /// These are present; whoever is not named is not.
    RecordAttendance(BTreeSet<UserId>),
    /// This was decided on an item.
    RecordDecision(ConsiliumItemId, BoardDecision),
    /// Close it.
    Close,
    /// Cancel it.
    Cancel,
}

impl Command {
    /// The action's name.
    #[must_use]
    pub const fn action(&self) -> SessionAction {
        match self {
            Self::Amend(_) => SessionAction::Amend,
            Self::Seat(_) => SessionAction::Seat,
            Self::Schedule(_) => SessionAction::Schedule,
            Self::DeclareConflict(..) => SessionAction::DeclareConflict,
            Self::Open => SessionAction::Open,
            Self::RecordAttendance(_) => SessionAction::RecordAttendance,
            Self::RecordDecision(..) => SessionAction::RecordDecision,
            Self::Close => SessionAction::Close,
            Self::Cancel => SessionAction::Cancel,
        }
    }
}

/// What happened to a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SessionEvent {
    /// It was changed; its cases are open to the board in this window.
    Amended(AccessWindow),
    /// Somebody was seated.
    Seated(BoardMember),
    /// A case was put on the agenda.
    Scheduled(AgendaItem),
    /// A member's interest was declared.
    ConflictDeclared(ConsiliumItemId, UserId),
    /// It was opened; its cases are open to the board in this window.
    Opened(AccessWindow),
    /// Who is present was recorded.
    AttendanceRecorded(BTreeSet<UserId>),
    /// A decision was recorded.
    Decided(ConsiliumItemId, BoardDecision),
    /// It was closed.
    Closed,
    /// It was cancelled.
    Cancelled,
}

/// Why something cannot be done to a session now: everything that stands against it, at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionRefusal {
    /// The action.
    pub action: SessionAction,
    /// What is missing; never empty.
    pub missing: Vec<Gate>,
}

/// In which states of a session an action is possible.
#[must_use]
pub const fn possible_in(action: SessionAction) -> &'static [SessionStatus] {
    match action {
        SessionAction::Amend | SessionAction::Seat | SessionAction::Schedule | SessionAction::Open => {
            &[SessionStatus::Planned]
        }
        SessionAction::RecordAttendance | SessionAction::RecordDecision | SessionAction::Close => {
            &[SessionStatus::Open]
        }
        SessionAction::DeclareConflict | SessionAction::Cancel => &[SessionStatus::Planned, SessionStatus::Open],
    }
}

impl Session {
    /// A session that is convened for a time, with its secretary.
    #[must_use]
    pub fn convened(rules: BoardRules, scheduled_at: DateTime<Utc>, secretary: BoardMember) -> Self {
        Self {
            status: SessionStatus::Planned,
            rules,
            window: rules.window_when_planned(scheduled_at),
            members: vec![secretary],
            present: BTreeSet::new(),
            items: Vec::new(),
        }
    }

    /// An item of the agenda.
    #[must_use]
    pub fn item(&self, id: ConsiliumItemId) -> Option<&AgendaItem> {
        self.items.iter().find(|item| item.id == id)
    }

    /// Decides on a command.
    ///
    /// # Errors
    /// A [`SessionRefusal`] that names everything that is missing.
    pub fn decide(&self, command: Command, now: DateTime<Utc>) -> Result<SessionEvent, SessionRefusal> {
        let action = command.action();
        if !possible_in(action).contains(&self.status) {
            let required: Vec<&str> = possible_in(action).iter().map(|status| status.as_str()).collect();
            let gate = Gate::new(GateCode::SessionStatus)
                .with("session_status", self.status)
                .with("required", required.join(","));
            return Err(SessionRefusal { action, missing: vec![gate] });
        }
        let missing = self.gates(&command);
        if missing.is_empty() { Ok(self.event(command, now)) } else { Err(SessionRefusal { action, missing }) }
    }

    fn event(&self, command: Command, now: DateTime<Utc>) -> SessionEvent {
        match command {
            Command::Amend(time) => {
                SessionEvent::Amended(time.map_or(self.window, |time| self.rules.window_when_planned(time)))
            }
            Command::Seat(member) => SessionEvent::Seated(member),
            Command::Schedule(item) => SessionEvent::Scheduled(item),
            Command::DeclareConflict(item, user) => SessionEvent::ConflictDeclared(item, user),
            Command::Open => SessionEvent::Opened(self.rules.window_when_opened(now)),
            Command::RecordAttendance(present) => SessionEvent::AttendanceRecorded(present),
            Command::RecordDecision(item, decision) => SessionEvent::Decided(item, decision),
            Command::Close => SessionEvent::Closed,
            Command::Cancel => SessionEvent::Cancelled,
        }
    }

    fn gates(&self, command: &Command) -> Vec<Gate> {
        let mut missing = Vec::new();
        let mut demand = |holds: bool, code: GateCode| {
            if !holds {
                missing.push(Gate::new(code));
            }
        };
        match command {
            Command::Amend(_) => {}
            Command::Seat(member) => {
                demand(self.members.iter().all(|known| known.user != member.user), GateCode::AlreadySeated);
                let chairs = self.members.iter().filter(|known| known.role == BoardRole::Chair).count();
                demand(member.role != BoardRole::Chair || chairs == 0, GateCode::OneChair);
            }
            Command::Schedule(item) => {
                demand(self.items.iter().all(|known| known.case != item.case), GateCode::AlreadyOnAgenda);
            }
            Command::DeclareConflict(item, user) => {
                demand(self.item(*item).is_some_and(|item| item.decision.is_none()), GateCode::ItemUndecided);
                demand(self.members.iter().any(|member| member.user == *user), GateCode::Member);
            }
            Command::Open => {
                demand(self.members.iter().any(|member| member.role == BoardRole::Chair), GateCode::Chair);
                demand(!self.items.is_empty(), GateCode::AgendaItems);
            }
            Command::RecordAttendance(present) => {
                let seated = |user: &UserId| self.members.iter().any(|member| member.user == *user);
                demand(present.iter().all(seated), GateCode::Member);
            }
            Command::RecordDecision(item, decision) => return self.decision_gates(*item, decision),
            Command::Close => {
                let undecided = self.items.iter().filter(|item| item.decision.is_none()).count();
                if undecided > 0 {
                    missing.push(Gate::new(GateCode::UndecidedItems).with("undecided", undecided));
                }
            }
            Command::Cancel => {
                demand(self.items.iter().all(|item| item.decision.is_none()), GateCode::NothingDecided);
            }
        }
        missing
    }

    fn decision_gates(&self, item: ConsiliumItemId, decision: &BoardDecision) -> Vec<Gate> {
        let Some(item) = self.item(item).filter(|item| item.decision.is_none()) else {
            return vec![Gate::new(GateCode::ItemUndecided)];
        };
        let mut missing = Vec::new();
        if ![Section::General, item.section].contains(&decision.section) {
            missing.push(Gate::new(GateCode::ItemSection).with("section", item.section));
        }
        if decision.outcome == BoardOutcome::Postponed {
            if !decision.votes.is_empty() || decision.tasks > 0 {
                missing.push(Gate::new(GateCode::NothingWithPostponement));
            }
            return missing;
        }
        let excluded: BTreeSet<UserId> = item.conflicts.keys().copied().collect();
        let voters = quorum::voters(&self.members, &self.present, &excluded);
        missing.extend(quorum::lacking(&self.members, &self.present, &excluded, self.rules));
        missing.extend(quorum::wrong_votes(&voters, &decision.votes));
        if missing.is_empty() && !quorum::carried(&voters, &decision.votes) {
            missing.push(Gate::new(GateCode::Majority));
        }
        missing
    }

    /// The session after an event.
    pub fn apply(&mut self, event: SessionEvent) {
        match event {
            SessionEvent::Amended(window) => self.window = window,
            SessionEvent::Seated(member) => self.members.push(member),
            SessionEvent::Scheduled(item) => self.items.push(item),
            SessionEvent::ConflictDeclared(item, user) => {
                if let Some(item) = self.items.iter_mut().find(|known| known.id == item) {
                    item.conflicts.insert(user, ConflictGround::Declared);
                }
            }
            SessionEvent::Opened(window) => {
                self.status = SessionStatus::Open;
                self.window = window;
            }
            SessionEvent::AttendanceRecorded(present) => self.present = present,
            SessionEvent::Decided(item, decision) => {
                if let Some(item) = self.items.iter_mut().find(|known| known.id == item) {
                    item.decision = Some(decision);
                }
            }
            SessionEvent::Closed => self.status = SessionStatus::Closed,
            SessionEvent::Cancelled => self.status = SessionStatus::Cancelled,
        }
    }
}

#[cfg(test)]
mod tests;
