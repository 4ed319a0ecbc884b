//! The id of a batch, `BATCH-YYYY-MM-DD-{16 hex}-T0`, in ten bytes.

use crate::errors::refuse;

/// Days since 1970 and the beginning of the header digest.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct BatchId(pub [u8; 10]);

impl BatchId {
    /// Parses an id. Refuses every other form of text, so two texts never have one id.
    pub fn parse(text: &str) -> Self {
        match Self::try_parse(text) {
            Some(id) => id,
            None => refuse("BAD_TOKEN_ID", "expected BATCH-YYYY-MM-DD-{16 lower-case hex}-T0"),
        }
    }

    /// Parses an id, if it is one.
    pub fn try_parse(text: &str) -> Option<Self> {
        let rest = text.strip_prefix("BATCH-")?.strip_suffix("-T0")?;
        if rest.len() != 27 || !rest.is_ascii() {
            return None;
        }
        let (date, hash) = (&rest[..10], &rest[11..]);
        let number = |range: std::ops::Range<usize>| -> Option<u32> {
            let digits = &date[range];
            digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok())?
        };
        let day = days_of(number(0..4)?, number(5..7)?, number(8..10)?)?;
        let mut bytes = [0; 10];
        bytes[..2].copy_from_slice(&day.to_be_bytes());
        bytes[2..].copy_from_slice(&crate::record::parse_hex::<8>(hash)?);
        let id = Self(bytes);
        // Separators, and days that a month does not have.
        (id.text() == text).then_some(id)
    }

    /// Returns the id as text.
    pub fn text(&self) -> String {
        let (year, month, day) = date_of(u16::from_be_bytes([self.0[0], self.0[1]]));
        format!("BATCH-{year:04}-{month:02}-{day:02}-{}-T0", crate::record::hex(&self.0[2..]))
    }
}

/// Returns the days since 1970 of a date, up to the year 2149.
fn days_of(year: u32, month: u32, day: u32) -> Option<u16> {
    if !(1970..=2148).contains(&year) || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    // Howard Hinnant's days_from_civil.
    let (y, m) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let era_day = (y % 400) * 365 + (y % 400) / 4 - (y % 400) / 100 + (153 * m + 2) / 5 + day - 1;
    u16::try_from((y / 400) * 146_097 + era_day - 719_468).ok()
}

fn date_of(days: u16) -> (u32, u32, u32) {
    let z = u32::from(days) + 719_468;
    let era_day = z % 146_097;
    let year_of_era = (era_day - era_day / 1_460 + era_day / 36_524 - era_day / 146_096) / 365;
    let day_of_year = era_day - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let m = (5 * day_of_year + 2) / 153;
    let month = if m < 10 { m + 3 } else { m - 9 };
    let year = (z / 146_097) * 400 + year_of_era + u32::from(month <= 2);
    (year, month, day_of_year - (153 * m + 2) / 5 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_is_read_back_from_its_text() {
        for day in 0..=u16::MAX {
            let mut bytes = [7; 10];
            bytes[..2].copy_from_slice(&day.to_be_bytes());
            let text = BatchId(bytes).text();
            // The last days are in the year 2149, which is refused.
            let is_known = &text[6..10] != "2149";
            assert_eq!(BatchId::try_parse(&text).map(|id| id.0), is_known.then_some(bytes), "{text}");
        }
    }

    #[test]
    fn only_one_text_has_an_id() {
        let text = "BATCH-2025-06-14-0123456789abcdef-T0";
        assert!(BatchId::try_parse(text).is_some());
        for other in [
            "BATCH-2025-06-14-0123456789ABCDEF-T0",
            "BATCH-2025-6-14-00123456789abcdef-T0",
            "BATCH-2025-06-31-0123456789abcdef-T0",
            "BATCH-2025-13-01-0123456789abcdef-T0",
            "BATCH-2025-00-01-0123456789abcdef-T0",
            "BATCH-1969-12-31-0123456789abcdef-T0",
            "BATCH-+025-06-14-0123456789abcdef-T0",
            "BATCH-2025/06/14-0123456789abcdef-T0",
            "BATCH-2025-06-14-0123456789abcdef-T00",
            "batch-2025-06-14-0123456789abcdef-T0",
            "BATCH-2025-06-14-0123456789abcde\u{e9}-T0",
            "",
        ] {
            assert!(BatchId::try_parse(other).is_none(), "{other}");
        }
    }
}
