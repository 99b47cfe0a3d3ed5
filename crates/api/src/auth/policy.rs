//! What a new password must be (after NIST SP 800-63B, section 5.1.1.2: length, not composition).

use super::password::Secret;
use crate::problem::Issue;

const MIN_CHARACTERS: usize = 12;
const MAX_CHARACTERS: usize = 128;

/// Passwords of 12 or more characters that every guesser tries first, in lower case.
const COMMON: &[&str] = &[
    "123456789012",
    "1234567890123",
    "12345678901234567890",
    "1234567890qwerty",
    "123123123123",
    "111111111111",
    "000000000000",
    "1q2w3e4r5t6y",
    "1qaz2wsx3edc",
    "1qaz2wsx3edc4rfv",
    "qwertyuiop123",
    "qwertyuiop[]",
    "qwerty123456",
    "qwerty1234567",
    "qwertyqwerty",
    "qazwsxedcrfv",
    "asdfghjkl123",
    "password1234",
    "password12345",
    "password123456",
    "passwordpassword",
    "administrator",
    "administrator1",
    "admin1234567",
    "adminadminadmin",
    "welcome12345",
    "changeme1234",
    "letmein12345",
    "йцукенгшщзхъ",
    "йцукен123456",
    "пароль123456",
    "парольпароль",
    "қазақстан2026",
    "kazakhstan2026",
    "karaganda2026",
];

/// Checks a password that a user chooses.
///
/// # Errors
/// `password_too_short`, `password_too_long`, `password_is_username`, `password_too_common`.
pub fn check_new_password(password: &Secret, username: &str) -> Result<(), Issue> {
    let text = password.as_str();
    let length = text.chars().count();
    if length < MIN_CHARACTERS {
        return Err(Issue::new("password_too_short").with("min", MIN_CHARACTERS));
    }
    if length > MAX_CHARACTERS {
        return Err(Issue::new("password_too_long").with("max", MAX_CHARACTERS));
    }
    let lower = text.to_lowercase();
    if lower == username.to_lowercase() {
        return Err(Issue::new("password_is_username"));
    }
    let mut letters = lower.chars();
    let first = letters.next();
    if COMMON.contains(&lower.as_str()) || letters.all(|letter| Some(letter) == first) {
        return Err(Issue::new("password_too_common"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn new_passwords_are_checked() {
        let long = "x1".repeat(65);
        let cases = [
            ("Qorgan-demo-2026", Ok(())),
            ("тау бөкен жүгірді", Ok(())),
            ("short", Err("password_too_short")),
            (long.as_str(), Err("password_too_long")),
            ("Education.Supervisor", Err("password_is_username")),
            ("PassWord1234", Err("password_too_common")),
            ("ёёёёёёёёёёёё", Err("password_too_common")),
        ];
        for (password, expected) in cases {
            let secret = Secret::from(password.to_owned());
            let checked = check_new_password(&secret, "education.supervisor").map_err(|issue| issue.code());
            assert_eq!(checked, expected, "{password}");
        }
    }
}
