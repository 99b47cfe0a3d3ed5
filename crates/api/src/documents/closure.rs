//! The summary of a case at its closure.

use chrono::{DateTime, Utc};
use qorgan_domain::calendar::local_date;
use qorgan_domain::policy::Actor;

use super::paper::Paper;
use super::{Document, copy_of, label, words};
use crate::problem::{Problem, Words};
use crate::request::Language;
use crate::routes::cases::closure::ClosureSummaryView;

/// Writes what the view shows, and nothing more.
///
/// # Errors
/// `internal` where it could not be written.
pub fn summary(
    case: &ClosureSummaryView,
    actor: &Actor,
    now: DateTime<Utc>,
    language: Language,
) -> Result<Document, Problem> {
    let word = |word: Words| word.in_language(language);
    let running_head = format!("{} – {}", copy_of(actor, language), case.number);
    let paper = head(Paper::new(&running_head, now), case, language);
    let participants: Vec<Vec<String>> = case
        .participants
        .iter()
        .map(|participant| {
            let role = label("participant_role", participant.role.as_str(), language);
            vec![participant.name.clone(), role, day(participant.since)]
        })
        .collect();
    let risk: Vec<Vec<String>> = case
        .risk_course
        .iter()
        .map(|step| {
            let event = label("case_event_kind", step.event.as_str(), language);
            vec![day(step.at), event, label("risk_level", step.risk_level.as_str(), language)]
        })
        .collect();
    let paper = paper
        .heading(word(words::PARTICIPANTS))
        .table(&[words::ORGANISATION, words::ROLE, words::SINCE].map(word), &participants)
        .heading(word(words::RISK_COURSE))
        .table(&[words::DAY, words::EVENT, words::RISK].map(word), &risk);
    let paper = tasks(work(paper, case, language), case, language);
    Ok(Document { name: format!("closure-{}", case.number), bytes: paper.bytes()?, language })
}

fn head(paper: Paper, case: &ClosureSummaryView, language: Language) -> Paper {
    let word = |word: Words| word.in_language(language);
    let closed = case.closed_at.map_or_else(|| word(words::CASE_NOT_CLOSED).to_owned(), day);
    let outcome = case.outcome.map(|outcome| label("closure_outcome", outcome.as_str(), language));
    paper
        .title(word(words::CLOSURE_TITLE))
        .line(word(words::CASE_NUMBER), &case.number)
        .line(word(words::CASE_OPENED), &day(case.opened_at))
        .line(word(words::CASE_CLOSED), &closed)
        .line_if(word(words::OUTCOME), outcome.as_deref())
        .line_if(word(words::REASON), case.reason.as_deref())
        .line_if(word(words::LEAD), case.lead.as_ref().map(|lead| lead.name.as_str()))
        .line_if(word(words::MANAGER), case.manager.as_ref().map(|manager| manager.name.as_str()))
}

fn work(paper: Paper, case: &ClosureSummaryView, language: Language) -> Paper {
    let word = |word: Words| word.in_language(language);
    let reviews: Vec<Vec<String>> = case
        .reviews
        .iter()
        .map(|review| vec![day(review.at), label("review_conclusion", review.conclusion.as_str(), language)])
        .collect();
    let paper = paper
        .heading(word(words::WORK))
        .line(word(words::ASSESSMENTS), &case.assessments.to_string())
        .line(word(words::PLANS), &case.plans_approved.to_string())
        .line(word(words::BOARD_DECISIONS), &case.consilium_decisions.to_string())
        .line(word(words::REPORTS), &case.register_reports.to_string())
        .line(word(words::REVIEWS), &case.reviews.len().to_string())
        .table(&[words::DAY, words::EVENT].map(word), &reviews);
    let steps = case.closure_steps.iter().filter(|step| step.times > 0);
    steps.fold(paper, |paper, step| {
        paper.line(&label("case_action", step.action.as_str(), language), &step.times.to_string())
    })
}

fn tasks(paper: Paper, case: &ClosureSummaryView, language: Language) -> Paper {
    let word = |word: Words| word.in_language(language);
    let counts = &case.tasks;
    let rows: Vec<Vec<String>> = case
        .task_list
        .iter()
        .map(|task| {
            let status = label("task_status", task.status.as_str(), language);
            let finished = task.finished_at.map(|at| format!("{status}, {}", day(at)));
            vec![
                task.title.clone(),
                task.organisation.name.clone(),
                task.due_on.format("%d.%m.%Y").to_string(),
                finished.unwrap_or(status),
            ]
        })
        .collect();
    paper
        .heading(word(words::TASKS))
        .line(word(words::TASKS_DONE), &(counts.done_in_time + counts.done_late).to_string())
        .line(word(words::TASKS_IN_TIME), &counts.done_in_time.to_string())
        .line(word(words::TASKS_LATE), &counts.done_late.to_string())
        .line(word(words::TASKS_WAIVED), &counts.waived.to_string())
        .line(word(words::TASKS_OPEN), &counts.open.to_string())
        .table(&[words::TASK, words::ORGANISATION, words::DUE, words::STATUS].map(word), &rows)
}

/// The day of a moment by the clocks of Kazakhstan.
fn day(at: DateTime<Utc>) -> String {
    local_date(at).format("%d.%m.%Y").to_string()
}
