//! Every way in which a signed identity may be wrong, and the second at which a right one becomes so (A8).

use super::*;
use std::fmt::Display;

const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);
const NOW_SECONDS: i64 = 1_800_000_000;
const SITE: &str = "site_demo";

fn key_of(kid: &str, secret: &str) -> IdentityKey {
    IdentityKey { kid: kid.into(), secret: Secret::new(secret.into()) }
}

fn key(kid: &str) -> IdentityKey {
    key_of(kid, &format!("secret of {kid}"))
}

fn claims() -> Claims {
    Claims {
        sub: "u-1".into(),
        aud: SITE.into(),
        exp: NOW_SECONDS + 1_800,
        iat: NOW_SECONDS,
        email: None,
        name: Some("Анна".into()),
        tier: None,
        plan: None,
        locale: None,
        nbf: None,
    }
}

/// Any header and any claims, signed by a key as HS256.
fn signed(header: &str, claims: &str, key: &IdentityKey) -> String {
    let signed = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
    let signature = mac(key, &signed).unwrap().finalize().into_bytes();
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
}

fn with_header(header: &str) -> String {
    signed(header, &serde_json::to_string(&claims()).unwrap(), &key("k1"))
}

fn with_claims(claims: &str) -> String {
    signed(r#"{"alg":"HS256","kid":"k1"}"#, claims, &key("k1"))
}

/// Whom it is for and its times, as JSON spells them.
fn with_times(aud: &str, exp: impl Display, iat: impl Display) -> String {
    with_claims(&format!(r#"{{"sub":"u","aud":{aud},"exp":{exp},"iat":{iat}}}"#))
}

fn with(change: fn(&mut Claims)) -> String {
    let mut changed = claims();
    change(&mut changed);
    sign(&changed, &key("k1"))
}

#[test]
fn a_token_of_a_live_key_is_believed_also_during_rotation() {
    let keys = [key("old"), key("new")];
    for key in &keys {
        assert_eq!(verify(&sign(&claims(), key), SITE, &keys, NOW), Ok(claims()));
    }
    let unnamed = signed(r#"{"alg":"HS256"}"#, &serde_json::to_string(&claims()).unwrap(), &keys[1]);
    assert_eq!(verify(&unnamed, SITE, &keys, NOW), Ok(claims()), "without a kid each live key is tried");
}

#[test]
fn sites_and_times_are_read_in_every_form_of_rfc_7519() {
    let one = format!("{SITE:?}");
    for (aud, exp, iat, read) in [
        (format!("[{one}]"), "1800001800", "1800000000", (NOW_SECONDS + 1_800, NOW_SECONDS)),
        (format!(r#"["site_other",{one}]"#), "1800001800", "1800000000", (NOW_SECONDS + 1_800, NOW_SECONDS)),
        (one.clone(), "1800001800.999", "1800000000.25", (NOW_SECONDS + 1_800, NOW_SECONDS)),
        (one.clone(), "1800003600.5", "1800000000.5", (NOW_SECONDS + 3_600, NOW_SECONDS)),
        (one.clone(), "1.8000018e9", "1.8e9", (NOW_SECONDS + 1_800, NOW_SECONDS)),
    ] {
        let claims = verify(&with_times(&aud, exp, iat), SITE, &[key("k1")], NOW);
        assert_eq!(claims.map(|claims| (claims.exp, claims.iat)), Ok(read), "{aud} {exp} {iat}");
    }
    for (nbf, expected) in
        [("null", Ok(None)), ("1800000000.75", Ok(Some(NOW_SECONDS))), ("\"1\"", Err(IdentityError::Malformed))]
    {
        let token = with_claims(&format!(r#"{{"sub":"u","aud":{one},"exp":1800001800,"iat":1800000000,"nbf":{nbf}}}"#));
        assert_eq!(verify(&token, SITE, &[key("k1")], NOW).map(|claims| claims.nbf), expected, "{nbf}");
    }
}

#[test]
fn a_retired_keys_tokens_are_refused_from_then_on() {
    let (old, new) = (key("old"), key("new"));
    let token = sign(&claims(), &old);
    assert!(verify(&token, SITE, &[old, new.clone()], NOW).is_ok());
    assert_eq!(verify(&token, SITE, &[new], NOW), Err(IdentityError::UnknownKey));
    assert_eq!(verify(&token, SITE, &[], NOW), Err(IdentityError::UnknownKey));
}

#[test]
fn each_reason_not_to_believe_a_token_is_told_apart() {
    use IdentityError::{
        Expired, LivesTooLong, Malformed, NotYetValid, UnknownKey, WrongAlgorithm, WrongAudience, WrongSignature,
    };
    let good = sign(&claims(), &key("k1"));
    let (body, _) = good.rsplit_once('.').unwrap();
    let (head, _) = body.split_once('.').unwrap();
    let other_claims =
        URL_SAFE_NO_PAD.encode(serde_json::to_string(&Claims { sub: "u-2".into(), ..claims() }).unwrap());
    let swapped = format!("{head}.{other_claims}.{}", good.rsplit_once('.').unwrap().1);
    let exp = NOW_SECONDS + 60;
    let cases: Vec<(&str, String, IdentityError)> = vec![
        ("nothing", String::new(), Malformed),
        ("not a JWT", "hello".into(), Malformed),
        ("two parts", "a.b".into(), Malformed),
        ("four parts", format!("{good}.x"), Malformed),
        ("JSON, but not encoded", r#"{"alg":"HS256"}.{}.x"#.into(), Malformed),
        ("padded", format!("{good}="), Malformed),
        ("a signature cut by two", good[..good.len() - 2].into(), Malformed),
        ("a signature cut by three", good[..good.len() - 3].into(), WrongSignature),
        ("no signature", format!("{body}."), WrongSignature),
        ("huge", format!("{good}{}", "x".repeat(TOKEN_BYTES_MAX)), Malformed),
        ("alg none", with_header(r#"{"alg":"none"}"#), WrongAlgorithm),
        (
            "alg none, unsigned",
            format!("{}.{other_claims}.", URL_SAFE_NO_PAD.encode(r#"{"alg":"none"}"#)),
            WrongAlgorithm,
        ),
        ("alg RS256", with_header(r#"{"alg":"RS256","kid":"k1"}"#), WrongAlgorithm),
        ("alg HS512", with_header(r#"{"alg":"HS512","kid":"k1"}"#), WrongAlgorithm),
        ("alg in small letters", with_header(r#"{"alg":"hs256","kid":"k1"}"#), WrongAlgorithm),
        ("no alg", with_header(r#"{"kid":"k1"}"#), Malformed),
        ("alg twice", with_header(r#"{"alg":"none","alg":"HS256","kid":"k1"}"#), Malformed),
        ("an extension we do not know", with_header(r#"{"alg":"HS256","kid":"k1","crit":["exp"]}"#), Malformed),
        ("a wrong kid", with_header(r#"{"alg":"HS256","kid":"k2"}"#), UnknownKey),
        ("another key under a known kid", sign(&claims(), &key_of("k1", "another")), WrongSignature),
        ("claims of another token", swapped, WrongSignature),
        ("another site", with(|c| c.aud = "site_other".into()), WrongAudience),
        ("other sites", with_times(r#"["site_other","site_third"]"#, exp, NOW_SECONDS), WrongAudience),
        ("a list of no site", with_times("[]", exp, NOW_SECONDS), WrongAudience),
        ("a number among sites", with_times(&format!(r#"["{SITE}",5]"#), exp, NOW_SECONDS), Malformed),
        ("a list of sites in a list", with_times(&format!(r#"[["{SITE}"]]"#), exp, NOW_SECONDS), Malformed),
        ("over by a fraction", with_times(&format!("{SITE:?}"), NOW_SECONDS - 60, "1799999000.75"), Expired),
        ("made in the future by a fraction", with_times(&format!("{SITE:?}"), exp, "1800000061.25"), NotYetValid),
        ("an end beyond all numbers", with_times(&format!("{SITE:?}"), "1e999", NOW_SECONDS), Malformed),
        ("no site", with_claims(&format!(r#"{{"sub":"u","exp":{exp},"iat":{NOW_SECONDS}}}"#)), Malformed),
        ("over", with(|c| (c.iat, c.exp) = (NOW_SECONDS - 600, NOW_SECONDS - 60)), Expired),
        ("made in the future", with(|c| (c.iat, c.exp) = (NOW_SECONDS + 61, NOW_SECONDS + 600)), NotYetValid),
        ("counts in the future", with(|c| c.nbf = Some(NOW_SECONDS + 61)), NotYetValid),
        ("no end", with_claims(&format!(r#"{{"sub":"u","aud":"{SITE}","iat":{NOW_SECONDS}}}"#)), Malformed),
        (
            "an end as text",
            with_claims(&format!(r#"{{"sub":"u","aud":"{SITE}","exp":"{exp}","iat":{NOW_SECONDS}}}"#)),
            Malformed,
        ),
        ("no beginning", with_claims(&format!(r#"{{"sub":"u","aud":"{SITE}","exp":{exp}}}"#)), Malformed),
        ("an end too far", with(|c| c.exp = c.iat + LIFETIME_SECONDS_MAX + 1), LivesTooLong),
        ("an end beyond numbers", with(|c| (c.iat, c.exp) = (i64::MIN, i64::MAX)), LivesTooLong),
        ("an end before its beginning", with(|c| c.exp = c.iat), Malformed),
        ("nobody", with(|c| c.sub = String::new()), Malformed),
        ("a name without end", with(|c| c.sub = "u".repeat(256)), Malformed),
        (
            "sub twice",
            with_claims(&format!(r#"{{"sub":"a","sub":"b","aud":"{SITE}","exp":{exp},"iat":{NOW_SECONDS}}}"#)),
            Malformed,
        ),
        ("a list", with_claims("[]"), Malformed),
    ];
    for (what, token, reason) in cases {
        assert_eq!(verify(&token, SITE, &[key("k1")], NOW), Err(reason), "{what}: {token}");
    }
}

#[test]
fn a_token_begins_and_ends_to_the_second_with_the_clocks_skew() {
    let keys = [key("k1")];
    let token = sign(&claims(), &keys[0]);
    let (begin, end) = (Timestamp::from_millis(claims().iat * 1_000), Timestamp::from_millis(claims().exp * 1_000));
    for (moment, expected) in [
        (begin.plus_seconds(-CLOCK_SKEW_SECONDS - 1), Err(IdentityError::NotYetValid)),
        (begin.plus_seconds(-CLOCK_SKEW_SECONDS), Ok(claims())),
        (end.plus_seconds(CLOCK_SKEW_SECONDS - 1), Ok(claims())),
        (end.plus_seconds(CLOCK_SKEW_SECONDS), Err(IdentityError::Expired)),
    ] {
        assert_eq!(verify(&token, SITE, &keys, moment), expected);
    }
    let longest = with(|c| c.exp = c.iat + LIFETIME_SECONDS_MAX);
    assert!(verify(&longest, SITE, &keys, NOW).is_ok(), "an hour is allowed");
}

#[test]
fn what_a_site_signs_unseen_is_cleaned_and_left_out_when_it_has_no_form() {
    let token = with(|c| {
        c.name = Some("\u{202e}Ан\u{0}на".into());
        c.email = Some("not an address".into());
        c.locale = Some("../en".into());
        c.plan = Some("x".repeat(500));
    });
    let read = verify(&token, SITE, &[key("k1")], NOW).unwrap();
    assert_eq!(read.name.as_deref(), Some("Ан на"));
    assert_eq!((read.email, read.locale), (None, None));
    assert_eq!(read.plan.map(|plan| plan.len()), Some(NAME_CHARS_MAX));
}

#[test]
fn secrets_are_compared_whole() {
    for (left, right, same) in
        [("a", "a", true), ("", "", true), ("a", "b", false), ("a", "ab", false), ("", "a", false)]
    {
        assert_eq!(secrets_match(left, right), same);
    }
}
