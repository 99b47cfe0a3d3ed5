//! The words of these statistics.

use crate::cases::{ClosureOutcome, RiskLevel, Stage};
use crate::clocks::DeadlineKind;
use crate::signals::{SignalChannel, Urgency};
use crate::words::words;

words! {
    /// What a table is about.
    pub enum OperationsReport {
        /// Cases.
        Cases = "cases",
        /// Whether deadlines were kept, and how long what they wait for took.
        Timeliness = "timeliness",
        /// What became of children after their cases were closed.
        Recurrence = "recurrence",
        /// Signals: how danger is found.
        Detection = "detection",
    }

    /// Which cases are counted.
    pub enum Counted {
        /// Those open at the end of `as_of`, as they stood then.
        Open = "open",
        /// Those opened in the period, as they stood at the end of `as_of`.
        Opened = "opened",
        /// Those closed in the period, as they were closed; where more than once, the last time.
        Closed = "closed",
        /// Those opened anew in the period after they had been closed; where more than once, the last time.
        Reopened = "reopened",
    }

    /// By what records are grouped.
    pub enum OperationsDimension {
        /// Stage of the case.
        Stage = "stage",
        /// Risk of the case; of a deadline, the risk by whose rule it runs.
        RiskLevel = "risk_level",
        /// What a closed case came to.
        Outcome = "outcome",
        /// What has the deadline.
        Deadline = "deadline",
        /// Which way the signal came; of a case, the signal that it was opened for.
        Channel = "channel",
        /// How soon somebody must look at the signal.
        Urgency = "urgency",
        /// The agency: of the lead of the case, of who has to do the task, of the addressee of the signal.
        Agency = "agency",
        /// City or district.
        Territory = "territory",
        /// The organisation, as `agency`.
        Organisation = "organisation",
        /// The person whose cases they are.
        Specialist = "specialist",
        /// The role of specialists; only to narrow the workload by.
        Role = "role",
        /// The month: a case was opened (closed, opened anew), a deadline was due, a signal came.
        Month = "month",
    }

    /// A number in a row.
    pub enum OperationsMeasure {
        /// Cases.
        Cases = "cases",
        /// Children: each once, however many cases it has.
        Children = "children",
        /// What was done before it was late.
        InTime = "in_time",
        /// What was done late.
        Late = "late",
        /// What is not done and late.
        Overdue = "overdue",
        /// What is not done and not late.
        Running = "running",
        /// Of what was due and is not running, done in time.
        InTimeShare = "in_time_share",
        /// In half of what was done it took at most so long.
        MedianHours = "median_hours",
        /// In nine of ten it took at most so long.
        P90Hours = "p90_hours",
        /// Closed cases.
        Closed = "closed",
        /// Closed cases since whose closure the whole time has passed in which recurrence counts.
        Observed = "observed",
        /// Of those observed, opened anew.
        Reopened = "reopened",
        /// Of those observed, with a new case of the same child.
        NewCase = "new_case",
        /// Of those observed, with a new fact of the same child in the register.
        NewFact = "new_fact",
        /// Of those observed, with any of it.
        Recurred = "recurred",
        /// Recurred among observed.
        RecurrenceShare = "recurrence_share",
        /// Signals.
        Signals = "signals",
        /// Signals on which nobody has decided.
        Undecided = "undecided",
        /// Signals that opened a case.
        Accepted = "accepted",
        /// Signals that were added to an open case.
        Linked = "linked",
        /// Signals that led to nothing.
        Dismissed = "dismissed",
        /// People who may manage cases.
        Specialists = "specialists",
        /// Open cases.
        OpenCases = "open_cases",
        /// Open cases of high or critical risk.
        HighRiskCases = "high_risk_cases",
        /// Open cases without a case manager.
        Unassigned = "unassigned",
        /// Open cases for each specialist.
        CasesPerSpecialist = "cases_per_specialist",
        /// How many cases the specialists may manage at once by the norm.
        Capacity = "capacity",
        /// Open cases among the capacity.
        LoadShare = "load_share",
        /// Cases of high risk among those that the norm allows at once.
        HighRiskShare = "high_risk_share",
        /// Specialists who manage more cases than the norm allows.
        OverNorm = "over_norm",
        /// Children who live in the place.
        ChildPopulation = "child_population",
        /// Children who live in the place for each specialist.
        ChildrenPerSpecialist = "children_per_specialist",
    }

    /// By what the workload is shown.
    pub enum WorkloadLevel {
        /// By city and district.
        Territory = "territory",
        /// By organisation: by school, by centre.
        Organisation = "organisation",
        /// By person; only to those who may read the accounts of these people.
        Specialist = "specialist",
    }

    /// What the database counts: the measures of a table are made of these.
    pub enum TallyKind {
        /// Cases.
        Cases = "cases",
        /// Deadlines met before they were late.
        InTime = "in_time",
        /// Deadlines met late.
        Late = "late",
        /// Deadlines that are late and not met.
        Overdue = "overdue",
        /// Deadlines that are neither met nor late.
        Running = "running",
        /// Deadlines that were met, with the hours they took.
        Met = "met",
        /// Closed cases.
        Closed = "closed",
        /// Closed cases that were observed long enough.
        Observed = "observed",
        /// Of them, opened anew.
        Reopened = "reopened",
        /// Of them, with a new case of the child.
        NewCase = "new_case",
        /// Of them, with a new fact of the child.
        NewFact = "new_fact",
        /// Of them, with any of it.
        Recurred = "recurred",
        /// Signals.
        Signals = "signals",
        /// Signals not decided on.
        Undecided = "undecided",
        /// Signals that opened a case.
        Accepted = "accepted",
        /// Signals added to a case.
        Linked = "linked",
        /// Signals that led to nothing.
        Dismissed = "dismissed",
        /// Signals decided on, with the hours it took.
        Decided = "decided",
        /// Open cases.
        Open = "open",
        /// Open cases of high or critical risk.
        High = "high",
        /// Open cases without a manager.
        Unassigned = "unassigned",
    }
}

impl OperationsDimension {
    /// Where a value stands in the vocabulary of the dimension; 0 for those that sort by their text.
    #[must_use]
    pub fn place(self, code: &str) -> usize {
        macro_rules! among {
            ($vocabulary:ty) => {
                <$vocabulary>::ALL.iter().position(|word| word.as_str() == code).unwrap_or(usize::MAX - 1)
            };
        }
        match self {
            Self::Stage => among!(Stage),
            Self::RiskLevel => among!(RiskLevel),
            Self::Outcome => among!(ClosureOutcome),
            Self::Deadline => among!(DeadlineKind),
            Self::Channel => among!(SignalChannel),
            Self::Urgency => among!(Urgency),
            Self::Agency | Self::Territory | Self::Organisation | Self::Specialist | Self::Role | Self::Month => 0,
        }
    }
}

/// In what a measure is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MeasureUnit {
    /// A whole number of records.
    Count,
    /// Per cent, with one decimal.
    Percent,
    /// Hours, with one decimal.
    Hours,
    /// So many for each one, with one decimal.
    Ratio,
}

impl OperationsMeasure {
    /// Its unit.
    #[must_use]
    pub const fn unit(self) -> MeasureUnit {
        match self {
            Self::InTimeShare | Self::RecurrenceShare | Self::LoadShare | Self::HighRiskShare => MeasureUnit::Percent,
            Self::MedianHours | Self::P90Hours => MeasureUnit::Hours,
            Self::CasesPerSpecialist | Self::ChildrenPerSpecialist => MeasureUnit::Ratio,
            _ => MeasureUnit::Count,
        }
    }
}

impl OperationsReport {
    /// By what it may be grouped and narrowed.
    #[must_use]
    pub const fn dimensions(self) -> &'static [OperationsDimension] {
        use OperationsDimension::{
            Agency, Channel, Deadline, Month, Organisation, Outcome, RiskLevel, Stage, Territory, Urgency,
        };
        match self {
            Self::Cases | Self::Recurrence => {
                &[Stage, RiskLevel, Outcome, Channel, Agency, Territory, Organisation, Month]
            }
            Self::Timeliness => &[Deadline, RiskLevel, Agency, Territory, Organisation, Month],
            Self::Detection => &[Channel, Urgency, Agency, Territory, Organisation, Month],
        }
    }

    /// What its rows tell, in this order. How many children cases are of is told of exact counts only.
    #[must_use]
    pub const fn measures(self) -> &'static [OperationsMeasure] {
        use OperationsMeasure as M;
        match self {
            Self::Cases => &[M::Cases, M::Children],
            Self::Timeliness => {
                &[M::InTime, M::Late, M::Overdue, M::Running, M::InTimeShare, M::MedianHours, M::P90Hours]
            }
            Self::Recurrence => {
                &[M::Closed, M::Observed, M::Reopened, M::NewCase, M::NewFact, M::Recurred, M::RecurrenceShare]
            }
            Self::Detection => {
                &[M::Signals, M::Undecided, M::Accepted, M::Linked, M::Dismissed, M::MedianHours, M::P90Hours]
            }
        }
    }
}

impl WorkloadLevel {
    /// The dimensions of its rows.
    #[must_use]
    pub const fn dimensions(self) -> &'static [OperationsDimension] {
        use OperationsDimension::{Agency, Organisation, Specialist, Territory};
        match self {
            Self::Territory => &[Territory],
            Self::Organisation => &[Organisation, Agency, Territory],
            Self::Specialist => &[Specialist, Organisation],
        }
    }

    /// What its rows tell, in this order.
    #[must_use]
    pub const fn measures(self) -> &'static [OperationsMeasure] {
        use OperationsMeasure as M;
        match self {
            Self::Territory => &[
                M::Specialists,
                M::OpenCases,
                M::HighRiskCases,
                M::Unassigned,
                M::Children,
                M::CasesPerSpecialist,
                M::Capacity,
                M::LoadShare,
                M::ChildPopulation,
                M::ChildrenPerSpecialist,
            ],
            Self::Organisation => &[
                M::Specialists,
                M::OpenCases,
                M::HighRiskCases,
                M::Unassigned,
                M::Children,
                M::CasesPerSpecialist,
                M::Capacity,
                M::LoadShare,
                M::OverNorm,
            ],
            Self::Specialist => {
                &[M::OpenCases, M::HighRiskCases, M::Children, M::Capacity, M::LoadShare, M::HighRiskShare]
            }
        }
    }
}
