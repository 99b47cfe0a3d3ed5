//! The answer for one actor, one action, one record.

use std::collections::BTreeSet;

use super::table::{Relation, TABLE};
use super::{Action, Actor, OrganisationRef};
use crate::identity::{AGENCIES_WORKING_CASES, AgencyCode, Role, Scope};
use crate::ids::{OrganisationId, UserId};
use crate::territory::Kato;

/// A case as far as rights need it.
#[derive(Debug, Clone)]
pub struct CaseSubject {
    /// The organisation responsible for the case.
    pub lead: OrganisationRef,
    /// The user responsible for it there.
    pub manager: Option<UserId>,
    /// All participants, the lead among them, with the user assigned in each.
    pub participants: Vec<(OrganisationRef, Option<UserId>)>,
    /// Whether the actor has a seat on a board that opens the case now ([`Seat`](crate::consilium::Seat)).
    pub board_seat: bool,
}

/// The record that an action is about, as far as rights need it.
#[derive(Debug, Clone)]
pub enum Subject<'a> {
    /// No single record.
    None,
    /// A child.
    Child {
        /// The organisation it belongs to.
        organisation: Option<&'a OrganisationRef>,
        /// The organisation that registered it.
        registered_by: OrganisationId,
        /// Whether it stands in a case, a report or a signal that the actor may see.
        linked: bool,
    },
    /// A signal.
    Signal {
        /// Whom it is addressed to.
        addressee: &'a OrganisationRef,
        /// The organisation that filed it.
        filed_organisation: OrganisationId,
        /// The user that filed it.
        filed_by: UserId,
    },
    /// A case.
    Case(&'a CaseSubject),
    /// A task of a case.
    Task(&'a CaseSubject, &'a OrganisationRef),
    /// A fact of the register: the organisations that reported it, and whether a case that the actor
    /// may see holds it.
    Fact {
        /// Who reported it.
        reporters: &'a [OrganisationRef],
        /// Whether one of its reports belongs to a case that the actor may see.
        in_visible_case: bool,
    },
    /// A list that is compared with the register, by the organisation that uploaded it.
    Reconciliation(&'a OrganisationRef),
    /// A release of the register's counts.
    Release {
        /// Whether it is published.
        published: bool,
        /// The agencies and places that have a part in it.
        parts: &'a [(AgencyCode, Kato)],
    },
    /// The part of an agency in a release: the agency, the city or district of its organisations.
    ReleasePart(&'a AgencyCode, &'a Kato),
    /// A placement on the in-school register, by the school that holds it.
    Placement(&'a OrganisationRef),
    /// A service, by the organisation that provides it.
    Service(Option<&'a OrganisationRef>),
    /// A session of the consilium.
    Session {
        /// The organisation that convened it.
        convener: OrganisationId,
        /// Whether the actor sits on its board.
        member: bool,
    },
    /// A session of the group that qualifies facts, or something of it, by the seat of the actor in it.
    Group(Option<SeatInGroup>),
    /// A request for material, by the organisation that was asked.
    Material(OrganisationId),
    /// An account and its organisation.
    Account(&'a OrganisationRef),
}

/// What a seat in the group gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SeatInGroup {
    /// Whether it is the seat of the chair or the secretary, who keep the session.
    pub keeper: bool,
    /// Whether it opens the file in question now.
    pub opens_file: bool,
}

/// What the policy says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Go on.
    Allowed,
    /// The actor may know that the record exists but not do this: 403.
    Forbidden,
    /// The actor may not know that the record exists: 404.
    Invisible,
}

/// Alias used where a verdict is stored.
pub type Decision = Verdict;

/// Whether any role of the actor could ever do the action, to whatever record. Where it could not,
/// the answer is 403 whichever record was named, so nothing is given away.
#[must_use]
pub fn may_ever(actor: &Actor, action: Action) -> bool {
    TABLE.iter().any(|rule| rule.action == action && rule.roles.iter().any(|role| actor.holds(*role)))
}

/// The roles that may ever do the action.
#[must_use]
pub fn roles_that_may_ever(action: Action) -> BTreeSet<Role> {
    TABLE.iter().filter(|rule| rule.action == action).flat_map(|rule| rule.roles.iter().copied()).collect()
}

/// The scopes of the roles by which the actor may do the action: what a list has to look through.
#[must_use]
pub fn scopes(actor: &Actor, action: Action) -> BTreeSet<Scope> {
    let gives = |role| TABLE.iter().any(|rule| rule.action == action && rule.roles.contains(role));
    actor.roles.iter().filter(|grant| gives(&grant.role)).map(|grant| grant.scope).collect()
}

/// Decides.
#[must_use]
pub fn decide(actor: &Actor, action: Action, subject: &Subject<'_>) -> Verdict {
    if allowed(actor, action, subject) {
        return Verdict::Allowed;
    }
    let read = Action::read_of(action.resource());
    let visible = match subject {
        Subject::None => true,
        // A task is as visible as its case.
        Subject::Task(case, _) => allowed(actor, read, &Subject::Case(case)),
        _ => allowed(actor, read, subject),
    };
    // Who may read no record of this kind at all learns nothing from a 403 that is always given.
    if visible || !may_ever(actor, read) { Verdict::Forbidden } else { Verdict::Invisible }
}

fn allowed(actor: &Actor, action: Action, subject: &Subject<'_>) -> bool {
    TABLE.iter().filter(|rule| rule.action == action).any(|rule| {
        actor
            .roles
            .iter()
            .filter(|grant| rule.roles.contains(&grant.role))
            .any(|grant| related(actor, grant.scope, rule.relation, subject))
    })
}

fn related(actor: &Actor, scope: Scope, relation: Relation, subject: &Subject<'_>) -> bool {
    let own = scope == Scope::Own;
    match (relation, subject) {
        (Relation::Anyone, _) => true,
        (Relation::Home | Relation::Linked, Subject::Child { organisation, registered_by, linked }) => {
            organisation.is_some_and(|organisation| actor.reaches(scope, organisation))
                || (!own && *registered_by == actor.organisation.id)
                || (relation == Relation::Linked && *linked)
        }
        (Relation::Filer, Subject::Signal { filed_by, .. }) => *filed_by == actor.user,
        (Relation::Correspondent, Subject::Signal { addressee, filed_organisation, filed_by }) => {
            actor.reaches(scope, addressee)
                || (!own && *filed_organisation == actor.organisation.id)
                || (own && *filed_by == actor.user)
        }
        (Relation::Addressee, Subject::Signal { addressee, .. }) => actor.reaches(scope, addressee),
        (Relation::Participant, Subject::Case(case) | Subject::Task(case, _)) => {
            case.participants.iter().any(|(organisation, assigned)| {
                actor.reaches(scope, organisation) || (own && *assigned == Some(actor.user))
            })
        }
        (Relation::Lead, Subject::Case(case) | Subject::Task(case, _)) => {
            actor.reaches(scope, &case.lead) || (own && case.manager == Some(actor.user))
        }
        (Relation::LeadInstead, Subject::Task(case, holder)) => {
            !AGENCIES_WORKING_CASES.contains(&holder.agency.as_str())
                && related(actor, scope, Relation::Lead, &Subject::Case(case))
        }
        (Relation::TaskHolder, Subject::Task(case, holder)) => {
            actor.reaches(scope, holder)
                || (own
                    && case
                        .participants
                        .iter()
                        .any(|(organisation, assigned)| organisation.id == holder.id && *assigned == Some(actor.user)))
        }
        (Relation::Reporter, Subject::Fact { reporters, in_visible_case }) => {
            *in_visible_case || reporters.iter().any(|organisation| actor.reaches(scope, organisation))
        }
        (Relation::Uploader, Subject::Reconciliation(uploader)) => {
            matches!(scope, Scope::Territory | Scope::Region) && actor.reaches(scope, uploader)
        }
        (Relation::ReportedBy, Subject::Fact { reporters, .. }) => {
            reporters.iter().any(|organisation| actor.reaches(scope, organisation))
        }
        (Relation::Published, Subject::Release { published, .. }) => *published,
        (Relation::Represents, Subject::Release { parts, .. }) => {
            parts.iter().any(|(agency, place)| represents(actor, scope, agency, place))
        }
        (Relation::Represents, Subject::ReleasePart(agency, place)) => represents(actor, scope, agency, place),
        (Relation::School, Subject::Placement(school)) => actor.reaches(scope, school),
        (Relation::Provider, Subject::Service(Some(provider))) => actor.reaches(scope, provider),
        (Relation::Convener, Subject::Session { convener, .. }) => *convener == actor.organisation.id,
        (Relation::BoardMember, Subject::Session { member, .. }) => *member,
        (Relation::BoardMember, Subject::Case(case) | Subject::Task(case, _)) => case.board_seat,
        (Relation::GroupMember, Subject::Group(seat)) => seat.is_some(),
        (Relation::Keeper, Subject::Group(Some(seat))) => seat.keeper,
        (Relation::GroupSeat, Subject::Group(Some(seat))) => seat.opens_file,
        (Relation::Asked, Subject::Material(organisation)) => *organisation == actor.organisation.id,
        (Relation::Colleague, Subject::Account(organisation)) => actor.reaches(scope, organisation),
        _ => false,
    }
}

/// Whether all organisations of an agency in a place are in the scope of the actor.
fn represents(actor: &Actor, scope: Scope, agency: &AgencyCode, place: &Kato) -> bool {
    let prefix = actor.organisation.kato.prefix_of_scope(scope);
    *agency == actor.organisation.agency && prefix.is_some_and(|prefix| place.as_str().starts_with(&prefix))
}
