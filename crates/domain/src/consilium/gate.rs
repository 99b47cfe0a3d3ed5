//! What is missing for something to be done to a session: a code, and the numbers or ids that its message needs.

use std::fmt;

use crate::words::words;

words! {
    /// What an action on a session can be refused for.
    pub enum GateCode {
        /// The session stands elsewhere.
        SessionStatus = "session_status",
        /// Nobody chairs the board.
        Chair = "board_chair",
        /// The board has its chair already.
        OneChair = "one_chair",
        /// The user sits on the board already.
        AlreadySeated = "already_seated",
        /// The user does not sit on the board.
        Member = "board_member",
        /// The agenda is empty.
        AgendaItems = "agenda_items",
        /// The case is on the agenda already.
        AlreadyOnAgenda = "already_on_agenda",
        /// The item is decided on, or not of this session.
        ItemUndecided = "item_undecided",
        /// The text is to be kept under a section that is neither `general` nor the item's.
        ItemSection = "item_section",
        /// Too few of those who may vote are present.
        QuorumMembers = "quorum_members",
        /// Those who may vote come from too few agencies.
        QuorumAgencies = "quorum_agencies",
        /// Neither chair nor deputy is among those who may vote.
        PresidingMember = "presiding_member",
        /// Somebody voted who has no vote on this case.
        VotesOfVotersOnly = "votes_of_voters_only",
        /// The vote of somebody who may vote is not told.
        EveryVote = "every_vote",
        /// The votes do not carry it.
        Majority = "majority",
        /// Who puts a case off neither votes nor gives tasks.
        NothingWithPostponement = "nothing_with_postponement",
        /// Cases of the agenda are not decided on.
        UndecidedItems = "undecided_items",
        /// Something was decided: the session took place.
        NothingDecided = "nothing_decided",
        /// The person does not belong to the group (of a session of qualification; so do all that follow).
        GroupMember = "group_member",
        /// No fact is on the agenda.
        AgendaFacts = "agenda_facts",
        /// The fact is on the agenda of a session that is not over.
        FactOnAgenda = "fact_on_agenda",
        /// The group is done with the fact.
        FactDecided = "fact_decided",
        /// The fact was entered by mistake and annulled meanwhile.
        FactAnnulled = "fact_annulled",
        /// The fact was merged into another one meanwhile.
        FactMerged = "fact_merged",
        /// The member gives no opinion on this fact: not in a role that votes, or kept out by an interest.
        NoOpinionOnFact = "no_opinion_on_fact",
        /// The member gave an opinion on the fact already.
        OpinionGiven = "opinion_given",
        /// Somebody who votes and is present has not given an opinion.
        OpinionsMissing = "opinions_missing",
        /// The opinions do not carry the decision.
        OpinionsMajority = "opinions_majority",
        /// Who records the decision is absent or has an interest in the fact.
        Recorder = "recorder_entitled",
        /// Facts of the agenda are not settled.
        UnsettledFacts = "unsettled_facts",
    }
}

/// One thing that is missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gate {
    /// What.
    pub code: GateCode,
    /// Numbers, codes and ids for the message; never personal data.
    pub params: Vec<(&'static str, String)>,
}

impl Gate {
    /// Something missing, without parameters.
    #[must_use]
    pub const fn new(code: GateCode) -> Self {
        Self { code, params: Vec::new() }
    }

    /// Adds a parameter.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl fmt::Display) -> Self {
        self.params.push((name, value.to_string()));
        self
    }
}
