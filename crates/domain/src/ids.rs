//! Kinds of id: a UUID of one kind cannot be passed for another.

use uuid::Uuid;

use crate::Invalid;

macro_rules! ids {
    ($( $(#[doc = $doc:literal])+ $name:ident, )+) => {$(
        $(#[doc = $doc])+
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
        pub struct $name(Uuid);

        impl $name {
            /// Takes a UUID for an id of this kind. Ids chosen by a client go through [`client_uuid`] first.
            pub const fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// The UUID itself.
            pub const fn as_uuid(&self) -> Uuid {
                self.0
            }
        }

        impl From<Uuid> for $name {
            fn from(uuid: Uuid) -> Self {
                Self(uuid)
            }
        }

        impl From<$name> for Uuid {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.hyphenated().fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = Invalid;

            fn from_str(text: &str) -> Result<Self, Invalid> {
                parse(text).map(Self)
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                crate::words::deserialize_checked(deserializer)
            }
        }

        #[cfg(feature = "utoipa")]
        crate::words::string_schema!(
            $name,
            concat!($( $doc, "\n" ),+).trim(),
            |string| string.format(Some(utoipa::openapi::schema::SchemaFormat::KnownFormat(
                utoipa::openapi::schema::KnownFormat::Uuid,
            )))
        );
    )+};
}

ids! {
    /// An organisation of an agency: a school, a clinic, a police unit.
    OrganisationId,
    /// An account, of a person or of a service.
    UserId,
    /// One log-in of a user, from the first token to the last refresh.
    SessionId,
    /// A child of the shared index.
    ChildId,
    /// A signal.
    SignalId,
    /// A case.
    CaseId,
    /// An assessment of a case.
    AssessmentId,
    /// One version of a case's plan.
    PlanId,
    /// A goal of a plan.
    GoalId,
    /// A task of one organisation.
    TaskId,
    /// A review of a case.
    ReviewId,
    /// A note in a section of a case.
    NoteId,
    /// A link between two cases.
    CaseLinkId,
    /// A link of a case to another child.
    LinkedChildId,
    /// A check after the closure of a case.
    FollowUpCheckId,
    /// A deadline of a case: a clock that runs, or ran.
    DeadlineId,
    /// A rule of time, as it was published.
    DeadlineRuleId,
    /// A notice to a user.
    NotificationId,
    /// A document attached to a case.
    AttachmentId,
    /// One import of a file of signals.
    SignalImportId,
    /// A piece of confidential content of a case, whatever it is.
    ContentId,
    /// A session of the consilium.
    ConsiliumSessionId,
    /// A case on the agenda of a session of the consilium.
    ConsiliumItemId,
    /// A decision of the consilium on a case.
    ConsiliumDecisionId,
    /// A session of the interagency group that qualifies facts of suicidal behaviour.
    QualificationSessionId,
    /// A fact on the agenda of such a session.
    QualificationItemId,
    /// A request of the group for material to an organisation.
    QualificationMaterialId,
    /// An event in the history of a case or another resource.
    EventId,
    /// A protocol as it applies to one case.
    ProtocolApplicationId,
    /// A placement on the in-school register.
    PlacementId,
    /// Somebody of the family of a child, in a case.
    FamilyMemberId,
    /// A decision of a family member on help.
    ConsentId,
    /// A service of the directory.
    ServiceId,
    /// An appointment with a service.
    AppointmentId,
    /// A report that one agency made to the register.
    ReportId,
    /// A fact of the unified register.
    FactId,
    /// One import of a file of facts.
    FactImportId,
    /// A list that is compared with the register.
    ReconciliationId,
    /// A row of such a list, or a fact that it lacks.
    ReconciliationItemId,
    /// A period of the register, closed and published, or proposed to be.
    ReleaseId,
    /// The part of an agency in such a release.
    ReleasePartId,
    /// Two facts that may be one event, put before a person to decide.
    MatchReviewId,
    /// Two records that may be one child, put before those who may merge them.
    ChildMatchReviewId,
    /// An entry of the audit log.
    AuditEventId,
}

/// Only the hyphenated form of RFC 9562 (36 characters): one id, one spelling in URLs and logs.
fn parse(text: &str) -> Result<Uuid, Invalid> {
    const HYPHENATED_LENGTH: usize = 36;
    if text.len() != HYPHENATED_LENGTH {
        return Err(Invalid::new("id_format"));
    }
    Uuid::try_parse(text).map_err(|_| Invalid::new("id_format"))
}

/// Checks an id chosen by a client: it must be a UUID of version 7 (RFC 9562, section 5.7), so that rows made
/// offline still sort by time.
///
/// # Errors
/// `id_not_v7` for every other version or variant.
pub fn client_uuid(uuid: Uuid) -> Result<Uuid, Invalid> {
    let version_7 = uuid.get_version() == Some(uuid::Version::SortRand);
    if version_7 && uuid.get_variant() == uuid::Variant::RFC4122 { Ok(uuid) } else { Err(Invalid::new("id_not_v7")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const V7: &str = "0190a6f8-5b1c-7c3e-9f00-1234567890ab";

    #[test]
    fn an_id_is_written_and_read_as_its_uuid() {
        let id: CaseId = V7.parse().unwrap();
        assert_eq!(id.to_string(), V7);
        assert_eq!(serde_json::to_string(&id).unwrap(), format!("\"{V7}\""));
        assert_eq!(serde_json::from_str::<CaseId>(&format!("\"{V7}\"")).unwrap(), id);
        assert_eq!(CaseId::from(id.as_uuid()), id);
    }

    #[test]
    fn other_spellings_are_refused() {
        for text in ["", "1", &V7.replace('-', ""), &format!("{{{V7}}}"), &V7.replace('a', "g")] {
            assert_eq!(text.parse::<CaseId>().unwrap_err().code(), "id_format", "{text}");
        }
    }

    #[test]
    fn a_client_may_choose_only_version_7() {
        assert!(client_uuid(V7.parse().unwrap()).is_ok());
        for other in [
            "00000000-0000-0000-0000-000000000000",
            "ffffffff-ffff-ffff-ffff-ffffffffffff",
            "0190a6f8-5b1c-4c3e-9f00-1234567890ab",
            "0190a6f8-5b1c-7c3e-1f00-1234567890ab",
        ] {
            let refusal = client_uuid(other.parse().unwrap()).unwrap_err();
            assert_eq!(refusal.code(), "id_not_v7", "{other}");
        }
    }
}
