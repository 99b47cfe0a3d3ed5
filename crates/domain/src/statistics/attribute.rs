//! What a version of a fact carries for counting.

use crate::words::words;

words! {
    /// A value of a version of a fact by which facts can be told apart when they are counted, as fine as a count may need
    /// it. Every dimension is a pure function of one of these; a count needs those of its dimensions and filters.
    ///
    /// Where an attribute has a coarser one beside it (day and month, settlement and district), a dimension names the
    /// coarsest that suffices: that decides whether a rollup can answer.
    pub enum Attribute {
        /// The day of the event. Column `occurred_on`.
        OccurredOn = "occurred_on",
        /// The month of the event, which gives quarter, year and school year too. Column `occurred_on`, which then may be
        /// the first day of the month.
        OccurredMonth = "occurred_month",
        /// The unit in which the event took place, as it was entered: a settlement, a city's district. Column `kato`.
        Kato = "kato",
        /// The city or district of the event, which gives the region too. Column `kato`, of which then only the first four
        /// digits count.
        District = "district",
        /// Violence or suicidal behaviour. Column `kind`.
        Kind = "kind",
        /// The main form of violence. Column `main_form`.
        MainForm = "main_form",
        /// Any form of violence: a fact counts once for each of its forms. Column `form`, one row for each.
        Form = "form",
        /// All forms of a fact at once, where a fact must count once though several forms were asked for. Column `forms`.
        Forms = "forms",
        /// The level of suicidal behaviour. Column `level`.
        Level = "level",
        /// The child's sex. Column `sex`.
        Sex = "sex",
        /// The child's age in completed years on the day of the event. Column `age_years`.
        AgeYears = "age_years",
        /// Where it took place. Column `setting`.
        Setting = "setting",
        /// What the alleged perpetrator is to the child. Column `relation`.
        Relation = "relation",
        /// The agency that reported first. Column `agency_code`.
        Agency = "agency",
        /// Status of the fact. Column `status`.
        Status = "status",
        /// How the fact was detected (`SignalChannel`). Column `channel`.
        Channel = "channel",
        /// The place of the organisation that reported first, as it is entered. Column `organisation_kato`.
        OrganisationKato = "organisation_kato",
        /// The city or district of the organisation that reported first. Column `organisation_kato`, of which then only the
        /// first four digits count.
        OrganisationDistrict = "organisation_district",
    }
}
