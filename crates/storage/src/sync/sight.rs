//! The second line of defence of the change feed: every record of a page is loaded and asked about.

use std::collections::HashMap;

use diesel::prelude::*;
use qorgan_domain::ids::ChildId;
use qorgan_domain::policy::{Action, ResourceKind, may_ever};
use uuid::Uuid;

use super::changes::{Change, Entry, Sight};
use crate::schema::case_tasks;
use crate::{StorageError, Tx};

/// The records of a page that the actor sees, by kind and id, with their present version.
#[derive(Default)]
struct Seen(HashMap<(ResourceKind, Uuid), Option<i64>>);

impl Tx<'_> {
    /// The entries as they may be told, in the same order.
    pub(super) fn changes_shown(&mut self, entries: Vec<Entry>) -> Result<Vec<Change>, StorageError> {
        let seen = self.seen(&entries)?;
        let tasks = self.task_versions(&entries)?;
        let mut changes = Vec::with_capacity(entries.len());
        for entry in entries {
            let Some(kind) = ResourceKind::ALL.iter().copied().find(|kind| kind.as_str() == entry.kind) else {
                continue;
            };
            let found = seen.0.get(&(kind, entry.id)).copied();
            // What went out of sight and came back since, or the other way round, is told by a row that follows.
            if found.is_some() == (entry.sight == Some(Sight::Lost)) {
                continue;
            }
            changes.push(change(entry, kind, found.flatten(), &tasks));
        }
        Ok(changes)
    }

    fn seen(&mut self, entries: &[Entry]) -> Result<Seen, StorageError> {
        let ids = |kind: ResourceKind| {
            let mut ids: Vec<Uuid> =
                entries.iter().filter(|entry| entry.kind == kind.as_str()).map(|entry| entry.id).collect();
            ids.sort_unstable();
            ids.dedup();
            ids
        };
        let mut seen = Seen::default();
        for case in self.cases_visible(&ids(ResourceKind::Case))? {
            seen.0.insert((ResourceKind::Case, case.id.as_uuid()), Some(case.version));
        }
        let children: Vec<ChildId> = ids(ResourceKind::Child).into_iter().map(ChildId::from).collect();
        for child in self.children_visible(&children)? {
            seen.0.insert((ResourceKind::Child, child.id.as_uuid()), Some(child.version));
        }
        for signal in self.signals_visible(&ids(ResourceKind::Signal))? {
            seen.0.insert((ResourceKind::Signal, signal.id.as_uuid()), Some(signal.version));
        }
        for fact in self.facts_visible(&ids(ResourceKind::Register))? {
            seen.0.insert((ResourceKind::Register, fact.id.as_uuid()), Some(fact.current.version.into()));
        }
        // The same for everybody who may read them at all.
        for kind in [ResourceKind::Organisation, ResourceKind::Reference] {
            if may_ever(&self.actor, Action::read_of(kind)) {
                seen.0.extend(ids(kind).into_iter().map(|id| ((kind, id), None)));
            }
        }
        Ok(seen)
    }

    fn task_versions(&mut self, entries: &[Entry]) -> Result<HashMap<Uuid, i64>, StorageError> {
        let ids: Vec<Uuid> = entries
            .iter()
            .filter(|entry| entry.part_kind.as_deref() == Some("task"))
            .filter_map(|entry| entry.part_id)
            .collect();
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        let versions: Vec<(Uuid, i64)> = case_tasks::table
            .filter(case_tasks::id.eq_any(ids))
            .select((case_tasks::id, case_tasks::version))
            .load(self.connection)?;
        Ok(versions.into_iter().collect())
    }
}

fn change(entry: Entry, kind: ResourceKind, version: Option<i64>, tasks: &HashMap<Uuid, i64>) -> Change {
    let subject = match kind {
        // What the register holds is read as facts.
        ResourceKind::Register => "fact",
        _ => kind.as_str(),
    };
    let what = match entry.sight {
        None => entry.topic,
        Some(Sight::Gained) => "appeared".to_owned(),
        Some(Sight::Lost) => "gone".to_owned(),
    };
    match entry.part_kind.zip(entry.part_id) {
        None => Change { kind: subject.to_owned(), id: entry.id, parent: None, change: what, at: entry.at, version },
        Some((part, id)) => Change {
            version: tasks.get(&id).copied(),
            kind: part,
            id,
            parent: Some((subject.to_owned(), entry.id)),
            change: what,
            at: entry.at,
        },
    }
}
