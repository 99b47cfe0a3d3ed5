//! Danger to life: the duty organisations are brought in and their contacts told, in the transaction of what raised the
//! risk. That an agency has nobody on duty does not stop anything; it is recorded, and the region is told.

use qorgan_domain::cases::lifecycle::CaseState;
use qorgan_domain::cases::{CaseAction, CaseEventKind, EscalationTarget, RiskLevel};
use qorgan_domain::ids::OrganisationId;
use qorgan_domain::notifications::NoticeKind;
use serde_json::json;

use crate::cases::{Case, CaseChange, CaseEvent};
use crate::notifications::{Notice, Recipients};
use crate::{Authorized, StorageError, Tx};

impl Tx<'_> {
    /// Starts crisis management where a change calls for it: a case that opens, rises or is opened again in danger of
    /// life.
    pub(super) fn crisis_follow(
        &mut self,
        case: &Authorized<Case>,
        state: &CaseState,
        change: &CaseChange,
    ) -> Result<(), StorageError> {
        let begins = match change {
            CaseChange::Opened | CaseChange::Moved { action: CaseAction::Reopen, .. } => {
                state.risk_level == RiskLevel::Critical
            }
            CaseChange::RiskChanged { to, .. } => *to == RiskLevel::Critical,
            _ => false,
        };
        if begins { self.crisis_start(case) } else { Ok(()) }
    }

    fn crisis_start(&mut self, case: &Authorized<Case>) -> Result<(), StorageError> {
        let today = self.today();
        let (mut found, mut missing) = (Vec::new(), Vec::new());
        for agency in EscalationTarget::CrisisManagement.agencies() {
            match self.duty_organisation(agency, &case.kato, today)? {
                Some(organisation) => found.push(organisation),
                None => missing.push(*agency),
            }
        }
        self.participants_add(case, &found, "crisis management")?;
        let ids: Vec<OrganisationId> = found.iter().map(|organisation| organisation.id).collect();
        let told = self.notify(&Notice {
            kind: NoticeKind::Crisis,
            case: Some(case.id),
            subject: None,
            recipients: Recipients::DutyContacts(ids.clone()),
        })?;
        let data = json!({"organisations": ids, "missing": missing, "recipients": told});
        self.event(case.id, CaseEvent::of(CaseEventKind::CrisisStarted, data));
        if missing.is_empty() {
            return Ok(());
        }
        for agency in &missing {
            self.event(case.id, CaseEvent::of(CaseEventKind::DutyMissing, json!({"agency": agency})));
        }
        let notice = Notice {
            kind: NoticeKind::DutyMissing,
            case: Some(case.id),
            subject: None,
            recipients: Recipients::RegionSupervisorsOf(case.lead.id),
        };
        self.notify_with(&notice, &json!({"agencies": missing})).map(drop)
    }
}
