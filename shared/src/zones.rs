//! Time zones by IANA's names, from the table that `build.rs` makes.
//!
//! Exact from July 2019 on; before that a zone keeps the offset it had then, because nothing that this product counts
//! lies there.

use jiff::tz::TimeZone;

include!(concat!(env!("OUT_DIR"), "/zones_table.rs"));

/// The zone of an IANA name such as `Europe/Moscow`, in any case of letters; `None` when there is none.
#[must_use]
pub fn zone(name: &str) -> Option<TimeZone> {
    let mut rows = NAMES.lines().filter_map(|row| row.split_once(' '));
    let (known, place) = rows.find(|(known, _)| known.eq_ignore_ascii_case(name))?;
    TimeZone::tzif(known, &file(RULES.get(place.parse::<usize>().ok()?)?)?).ok()
}

/// The TZif file (RFC 9636, version 3) of a row of the table: three counts of a byte each, and what is counted.
fn file(row: &[u8]) -> Option<Vec<u8>> {
    let (counts, body) = row.split_first_chunk::<3>()?;
    // First the least body with 32-bit times, which readers skip: one kind of local time with an empty name.
    let mut file = header([0, 1, 1]);
    file.extend([0; 7]);
    file.extend(header(*counts));
    file.extend(body);
    Some(file)
}

/// A header: 20 bytes of name and version, then six counts, of which the first three are none in slim files.
fn header(counts: [u8; 3]) -> Vec<u8> {
    let mut header = b"TZif3".to_vec();
    header.resize(32, 0);
    for count in counts {
        header.extend([0, 0, 0, count]);
    }
    header
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every 6 hours and 13 minutes, so that all hours of days are met, and a second around every change of clocks.
    #[test]
    fn each_zone_of_iana_tells_the_same_time_as_the_full_data_from_2020_to_2040() {
        let date = |year| jiff::civil::date(year, 1, 1).to_zoned(TimeZone::UTC).expect("a date").timestamp();
        let (from, until) = (date(2020), date(2040));
        let mut zones = 0;
        for row in NAMES.lines() {
            let name = row.split(' ').next().expect("a name");
            let (full, ours) = (TimeZone::get(name).expect("IANA has it"), zone(name).expect("we have it"));
            let jumps = full.following(from).map(|jump| jump.timestamp()).take_while(|at| *at < until);
            let near = jumps.flat_map(|at| [-1, 0, 1].map(|by| at + jiff::SignedDuration::from_secs(by)));
            let step = jiff::SignedDuration::from_secs(22_380);
            let spread = std::iter::successors(Some(from), |at| Some(*at + step)).take_while(|at| *at < until);
            for at in near.chain(spread) {
                assert_eq!(full.to_offset(at), ours.to_offset(at), "{name} at {at}");
            }
            zones += 1;
        }
        assert!(zones > 590, "{zones} zones");
    }

    #[test]
    fn a_name_in_any_case_is_found_and_a_wrong_one_is_not() {
        assert!(zone("europe/MOSCOW").is_some());
        for wrong in ["", "Europe", "Europe/Atlantis", "Europe/Moscow 3", "UTC+3"] {
            assert!(zone(wrong).is_none(), "{wrong}");
        }
    }
}
