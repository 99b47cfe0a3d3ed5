//! A session of the group that qualifies suicidal behaviour, convened by the end of the story.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use qorgan_domain::calendar::local_date;
use qorgan_domain::consilium::BoardRole;
use qorgan_domain::ids::{QualificationItemId, QualificationSessionId};
use qorgan_domain::policy::Action;
use qorgan_domain::register::qualification::{GroupCommand, GroupItem};
use qorgan_domain::register::{FactStatus, SuicidalLevel};
use qorgan_storage::Tx;
use qorgan_storage::register::ChangeError;
use qorgan_storage::register::qualification::{NewQualification, NewQualificationItem};
use uuid::Uuid;

use super::calendar::{date, opening};
use super::ids::{Kind, id};
use super::steps::{Act, Step};
use super::{Trouble, World, spoken};

/// Facts that are looked through for those that come before the group.
const LOOKED_THROUGH: i64 = 500;

/// A session to be convened.
pub(super) struct GroupPlan {
    id: QualificationSessionId,
    title: &'static str,
    place: &'static str,
    scheduled_at: DateTime<Utc>,
    /// So many of the latest attempts are put on its agenda.
    facts: usize,
}

/// Its secretary convenes it in November, for December.
pub(super) fn plan(world: &World) -> Step {
    let at = opening(date(2026, 11, 13));
    let plan = GroupPlan {
        id: id(Kind::Group, at, 1).into(),
        title: "Декабрьское заседание межведомственной группы",
        place: "Караганда, кабинет 12",
        scheduled_at: opening(date(2026, 12, 4)),
        facts: 3,
    };
    Step {
        at,
        actor: world.staff.named("qualification"),
        key: "group-1".to_owned(),
        act: Act::ConveneGroup(Box::new(plan)),
    }
}

/// As `POST /register/qualification-sessions` and `…/items` do it.
pub(super) fn convene(tx: &mut Tx<'_>, plan: &GroupPlan) -> Result<(), Trouble> {
    let permit = tx.authorize(Action::QualificationManage)?;
    let user = tx.actor().user;
    let keeper = tx.group_candidate(user, BoardRole::Secretary)?;
    let new = NewQualification {
        id: plan.id,
        title: spoken(plan.title),
        place: Some(spoken(plan.place)),
        scheduled_at: plan.scheduled_at,
        rules: tx.group_rules(local_date(plan.scheduled_at))?,
        keeper: keeper.ok_or_else(|| Trouble::refused("not_a_group_candidate"))?,
    };
    tx.qualification_insert(&permit, &new)?;
    let waiting = tx.facts_waiting(None, LOOKED_THROUGH)?.items;
    let attempts = waiting.iter().rev().filter(|fact| fact.level == SuicidalLevel::Attempt);
    for (number, fact) in attempts.take(plan.facts).enumerate() {
        let item = QualificationItemId::from_uuid(item_id(tx, number));
        schedule(tx, plan.id, item, fact.id)?;
    }
    Ok(())
}

fn item_id(tx: &Tx<'_>, number: usize) -> Uuid {
    id(Kind::Group, tx.now(), 100 + number)
}

fn schedule(
    tx: &mut Tx<'_>,
    session: QualificationSessionId,
    id: QualificationItemId,
    fact: qorgan_domain::ids::FactId,
) -> Result<(), Trouble> {
    let session = tx.qualification_for(session, Action::QualificationManage)?;
    let item = GroupItem {
        id,
        fact,
        standing: FactStatus::UnderQualification,
        survivor: None,
        recused: BTreeMap::new(),
        opinions: BTreeMap::new(),
        outcome: None,
    };
    session
        .state
        .decide(GroupCommand::Schedule(item), tx.now())
        .map_err(|refusal| Trouble::refused(format!("{refusal:?}")))?;
    let number = tx.fact_may_be_taken(fact)?.ok_or_else(|| Trouble::refused("fact_not_waiting"))?;
    let new = NewQualificationItem { id, fact: (fact, number) };
    tx.qualification_schedule(&session, &new).map_err(|error| match error {
        ChangeError::Storage(error) => Trouble::Storage(error),
        refused => Trouble::refused(refused.to_string()),
    })
}
