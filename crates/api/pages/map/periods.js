// Whole periods that the map can show, the latest first.

export const UNITS = ["year", "quarter", "month", "school_year"];
const YEARS = 5;

const two = (number) => String(number).padStart(2, "0");
const lastDay = (year, month) => new Date(Date.UTC(year, month, 0)).getUTCDate();
const span = (year, month, months) => {
  const end = new Date(Date.UTC(year, month - 1 + months, 0));
  const [endYear, endMonth] = [end.getUTCFullYear(), end.getUTCMonth() + 1];
  return {
    from: `${year}-${two(month)}-01`,
    to: `${endYear}-${two(endMonth)}-${two(lastDay(endYear, endMonth))}`,
  };
};

/** Today in Kazakhstan (UTC+5), as year and month. */
function today(now) {
  const local = new Date(now.getTime() + 5 * 3600 * 1000);
  return { year: local.getUTCFullYear(), month: local.getUTCMonth() + 1 };
}

/** The periods of a unit that have begun, the latest first. */
export function periods(unit, now) {
  const { year, month } = today(now);
  const found = [];
  for (let back = 0; back < YEARS; back += 1) {
    const at = year - back;
    if (unit === "year") found.push(span(at, 1, 12));
    if (unit === "school_year") found.push(span(at - (month < 9 ? 1 : 0), 9, 12));
    if (unit === "quarter") for (let quarter = 4; quarter >= 1; quarter -= 1) found.push(span(at, quarter * 3 - 2, 3));
    if (unit === "month") for (let one = 12; one >= 1; one -= 1) found.push(span(at, one, 1));
  }
  const begun = `${year}-${two(month)}-31`;
  return found.filter((period) => period.from <= begun);
}

/** The period that is shown first: the latest of which a whole month has passed. */
export function first(unit, now) {
  const all = periods(unit, now);
  const { year, month } = today(now);
  const thisMonth = `${year}-${two(month)}-01`;
  return all.find((period) => period.from < thisMonth) ?? all[0];
}

/** A period in words. */
export function called(period, language) {
  const [year, month] = period.from.split("-").map(Number);
  const [endYear, endMonth] = period.to.split("-").map(Number);
  const months = (endYear - year) * 12 + endMonth - month + 1;
  if (months === 12 && month === 1) return String(year);
  if (months === 12) return `${year}/${endYear}`;
  if (months === 3 && month % 3 === 1) return { ru: `${(month + 2) / 3} кв. ${year}`, kk: `${year} ж. ${(month + 2) / 3}-тоқсан`, en: `Q${(month + 2) / 3} ${year}` }[language];
  if (months === 1) return `${two(month)}.${year}`;
  return `${period.from} – ${period.to}`;
}
