//! The working calendar of Kazakhstan, as reference data has it and an administrator corrects it.

use chrono::{Datelike, Days, NaiveDate, Weekday};
use diesel::prelude::*;
use qorgan_domain::clocks::WorkingCalendar;
use qorgan_domain::policy::Action;
use qorgan_domain::text::Title;

use crate::schema::calendar_days;
use crate::{AccessError, Permit, StorageError, Tx};

/// A day that differs from the rule of the week, or may differ.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = calendar_days)]
pub struct CalendarDay {
    /// The day.
    pub day: NaiveDate,
    /// Whether people work on it.
    pub working: bool,
    /// Why it differs, in Russian.
    pub title_ru: String,
    /// In Kazakh.
    pub title_kk: Option<String>,
    /// In English.
    pub title_en: Option<String>,
    /// The act or announcement it comes from.
    pub source: String,
    /// Whether it is unverified: do not call it official.
    pub provisional: bool,
    /// Whether it follows the rule of the week again.
    pub withdrawn: bool,
    /// Its version, for `ETag`.
    pub version: i64,
}

/// What an administrator says of a day.
#[derive(Debug, Clone)]
pub struct CalendarEdit {
    /// Whether people work on it.
    pub working: bool,
    /// Why it differs, in Russian.
    pub title_ru: Title,
    /// In Kazakh.
    pub title_kk: Option<Title>,
    /// In English.
    pub title_en: Option<Title>,
    /// The act or announcement it comes from.
    pub source: Title,
    /// Whether it is unverified.
    pub provisional: bool,
}

fn works_by_the_week(day: NaiveDate) -> bool {
    !matches!(day.weekday(), Weekday::Sat | Weekday::Sun)
}

impl CalendarDay {
    /// A day that no row speaks of: it follows the rule of the week.
    #[must_use]
    pub fn by_the_week(day: NaiveDate) -> Self {
        Self {
            day,
            working: works_by_the_week(day),
            title_ru: String::new(),
            title_kk: None,
            title_en: None,
            source: String::new(),
            provisional: false,
            withdrawn: true,
            version: 0,
        }
    }
}

impl Tx<'_> {
    /// The working calendar of the years around a day: enough for every limit that starts then.
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn working_calendar(&mut self, around: NaiveDate) -> Result<WorkingCalendar, StorageError> {
        let from = around.checked_sub_days(Days::new(400)).unwrap_or(around);
        let until = around.checked_add_days(Days::new(800)).unwrap_or(around);
        let days: Vec<(NaiveDate, bool)> = calendar_days::table
            .filter(calendar_days::day.between(from, until))
            .select((calendar_days::day, calendar_days::working))
            .load(self.connection)?;
        Ok(WorkingCalendar::new(days))
    }

    /// The days from one to another, both included, that differ from the rule of the week.
    ///
    /// # Errors
    /// [`AccessError`].
    pub fn calendar_list(&mut self, from: NaiveDate, to: NaiveDate) -> Result<Vec<CalendarDay>, AccessError> {
        self.authorize(Action::ReferenceRead)?;
        Ok(calendar_days::table
            .filter(calendar_days::day.between(from, to).and(calendar_days::withdrawn.eq(false)))
            .order(calendar_days::day)
            .select(CalendarDay::as_select())
            .load(self.connection)
            .map_err(StorageError::from)?)
    }

    /// One day, whatever is known of it.
    ///
    /// # Errors
    /// [`AccessError`].
    pub fn calendar_day(&mut self, day: NaiveDate) -> Result<CalendarDay, AccessError> {
        self.authorize(Action::ReferenceRead)?;
        let found = calendar_days::table
            .find(day)
            .select(CalendarDay::as_select())
            .first(self.connection)
            .optional()
            .map_err(StorageError::from)?;
        Ok(found.unwrap_or_else(|| CalendarDay::by_the_week(day)))
    }

    /// Says how a day differs from the rule of the week. Deadlines that run keep their due times.
    ///
    /// # Errors
    /// [`StorageError::Stale`] where the day changed since it was read.
    pub fn calendar_set(
        &mut self,
        permit: &Permit,
        day: &CalendarDay,
        edit: &CalendarEdit,
    ) -> Result<(), StorageError> {
        let columns = (
            calendar_days::working.eq(edit.working),
            calendar_days::title_ru.eq(edit.title_ru.as_str()),
            calendar_days::title_kk.eq(edit.title_kk.as_ref().map(Title::as_str)),
            calendar_days::title_en.eq(edit.title_en.as_ref().map(Title::as_str)),
            calendar_days::source.eq(edit.source.as_str()),
            calendar_days::provisional.eq(edit.provisional),
            calendar_days::withdrawn.eq(false),
            calendar_days::version.eq(day.version + 1),
            calendar_days::edited_by.eq(self.actor.user.as_uuid()),
            calendar_days::edited_at.eq(self.now),
        );
        let changed = if day.version == 0 {
            diesel::insert_into(calendar_days::table)
                .values((calendar_days::day.eq(day.day), columns))
                .on_conflict_do_nothing()
                .execute(self.connection)?
        } else {
            diesel::update(calendar_days::table.find(day.day))
                .filter(calendar_days::version.eq(day.version))
                .set(columns)
                .execute(self.connection)?
        };
        self.calendar_changed(permit, changed)
    }

    /// Lets a day follow the rule of the week again.
    ///
    /// # Errors
    /// [`StorageError::Stale`] where the day changed since it was read.
    pub fn calendar_withdraw(&mut self, permit: &Permit, day: &CalendarDay) -> Result<(), StorageError> {
        let changed = diesel::update(calendar_days::table.find(day.day))
            .filter(calendar_days::version.eq(day.version))
            .set((
                calendar_days::withdrawn.eq(true),
                calendar_days::working.eq(works_by_the_week(day.day)),
                calendar_days::version.eq(day.version + 1),
                calendar_days::edited_by.eq(self.actor.user.as_uuid()),
                calendar_days::edited_at.eq(self.now),
            ))
            .execute(self.connection)?;
        self.calendar_changed(permit, changed)
    }

    fn calendar_changed(&mut self, permit: &Permit, changed: usize) -> Result<(), StorageError> {
        if changed != 1 {
            return Err(StorageError::Stale);
        }
        // A day has no id; who changed it last stands in its row.
        self.audit(permit.action(), None, None);
        Ok(())
    }
}
