//! The protocol of a session of the group that qualifies facts. It names facts by number and no child.

use chrono::{DateTime, Utc};
use qorgan_domain::consilium::BoardRole;
use qorgan_domain::policy::Actor;

use super::consilium::local_time;
use super::paper::Paper;
use super::{Document, copy_of, label, words};
use crate::problem::messages::fill;
use crate::problem::{Problem, Words};
use crate::request::Language;
use crate::routes::register::qualification::view::{DecisionView, ItemView, SessionView, member_name};

/// Writes what the view shows, and nothing more.
///
/// # Errors
/// `internal` where it could not be written.
pub fn protocol(
    session: &SessionView,
    actor: &Actor,
    now: DateTime<Utc>,
    language: Language,
) -> Result<Document, Problem> {
    let paper = Paper::new(&copy_of(actor, language), now);
    let paper = group(head(paper, session, language), session, language);
    let paper = if session.items.is_empty() {
        paper.heading(words::AGENDA_FACT.in_language(language)).remark(words::FACTS_HIDDEN.in_language(language))
    } else {
        session.items.iter().fold(paper, |paper, item| agenda_item(paper, item, session, language))
    };
    let signing =
        session.members.iter().filter(|member| matches!(member.role, BoardRole::Chair | BoardRole::Secretary));
    let paper = signing.fold(paper, |paper, member| {
        paper.signature(&label("board_role", member.role.as_str(), language), &member.user.name)
    });
    Ok(Document { name: format!("qualification-{}", session.id), bytes: paper.bytes()?, language })
}

fn head(paper: Paper, session: &SessionView, language: Language) -> Paper {
    let word = |word: Words| word.in_language(language);
    let status = label("consilium_status", session.status.as_str(), language);
    let rule = fill(
        word(words::GROUP_QUORUM_TEXT),
        &[("percent", session.present_percent.to_string()), ("bodies", session.bodies_present.to_string())],
    );
    paper
        .title(word(words::PROTOCOL_TITLE))
        .line_if(word(words::PROTOCOL_NUMBER), session.protocol_number.as_deref())
        .line(word(words::SESSION_NAME), &session.title)
        .line(word(words::CONVENED_BY), &session.organisation.name)
        .line_if(word(words::PLACE), session.place.as_deref())
        .line(word(words::SCHEDULED), &local_time(session.scheduled_at))
        .line_if(word(words::OPENED), session.opened_at.map(local_time).as_deref())
        .line_if(word(words::ENDED), session.ended_at.map(local_time).as_deref())
        .line(word(words::STATUS), &status)
        .line_if(word(words::CANCEL_REASON), session.cancel_reason.as_deref())
        .line(word(words::QUORUM_RULE), &rule)
}

fn group(paper: Paper, session: &SessionView, language: Language) -> Paper {
    let word = |word: Words| word.in_language(language);
    let rows: Vec<Vec<String>> = session
        .members
        .iter()
        .map(|member| {
            let present = match member.present {
                Some(true) => words::YES,
                Some(false) => words::NO,
                None => words::NOT_RECORDED,
            };
            vec![
                member.user.name.clone(),
                member.organisation.name.clone(),
                member.agency.clone(),
                label("board_role", member.role.as_str(), language),
                word(present).to_owned(),
            ]
        })
        .collect();
    let head = [words::NAME, words::ORGANISATION, words::AGENCY, words::ROLE, words::PRESENT].map(word);
    paper.heading(word(words::GROUP)).table(&head, &rows)
}

fn agenda_item(paper: Paper, item: &ItemView, session: &SessionView, language: Language) -> Paper {
    let word = |word: Words| word.in_language(language);
    let paper = paper.heading(&format!("{}. {} {}", item.position, word(words::AGENDA_FACT), item.fact_number));
    let day = item.fact.as_ref().map(|fact| fact.occurred_on.format("%d.%m.%Y").to_string());
    let paper = paper.line_if(word(words::FACT_DAY), day.as_deref());
    let paper = item.recusals.iter().fold(paper, |paper, recusal| {
        let ground = label("recusal_ground", recusal.ground.as_str(), language);
        paper.line(word(words::NO_OPINION), &format!("{} ({ground})", member_name(session, recusal.user_id)))
    });
    match &item.decision {
        None => paper.remark(word(words::UNDECIDED)),
        Some(decision) => self::decision(paper, decision, session, language),
    }
}

fn decision(paper: Paper, decision: &DecisionView, session: &SessionView, language: Language) -> Paper {
    let word = |word: Words| word.in_language(language);
    let voters: Vec<&str> = decision.voters.iter().map(|user| member_name(session, *user)).collect();
    let level = decision.level.map(|level| label("suicidal_level", level.as_str(), language));
    paper
        .line_if(word(words::JUDGED_BY), (!voters.is_empty()).then(|| voters.join(", ")).as_deref())
        .line(word(words::DECISION), &label("qualification_outcome", decision.outcome.as_str(), language))
        .line_if(word(words::LEVEL), level.as_deref())
        .text(&decision.reason)
}
