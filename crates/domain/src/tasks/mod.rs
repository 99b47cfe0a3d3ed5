//! Tasks: one step for one organisation, with a due time.

use crate::words::words;

words! {
    /// Where a task stands.
    pub enum TaskStatus {
        /// Still to be done.
        Open = "open",
        /// Done, with a result.
        Done = "done",
        /// Not to be done any more, with a reason.
        Waived = "waived",
        /// Goes on in the case into which this one was merged.
        CarriedOver = "carried_over",
        /// Goes on as a task of a later plan.
        Continued = "continued",
    }
}

words! {
    /// Where a task comes from.
    pub enum TaskOrigin {
        /// The plan of the case.
        Plan = "plan",
        /// A step of a protocol.
        Protocol = "protocol",
        /// A decision of a consilium.
        Consilium = "consilium",
        /// Crisis management.
        Crisis = "crisis",
        /// A case that was merged into this one.
        Merge = "merge",
    }
}

impl TaskStatus {
    /// Whether nothing is left to do here: done, waived, or going on elsewhere.
    pub fn is_settled(self) -> bool {
        self != Self::Open
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_open_task_is_unsettled() {
        let settled: Vec<_> = TaskStatus::ALL.iter().filter(|s| s.is_settled()).collect();
        assert_eq!(settled, [&TaskStatus::Done, &TaskStatus::Waived, &TaskStatus::CarriedOver, &TaskStatus::Continued]);
    }
}
