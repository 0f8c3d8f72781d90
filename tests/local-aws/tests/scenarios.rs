//! Every scenario, played as a browser plays it: the fault is there, the fix mends it, and breaking it again brings it
//! back.

#![cfg(test)]

mod support;

use serde_json::Value;
use support::Running;
use support::browser::Outcome;

/// What becomes of the call.
async fn call(running: &Running, scenario: &Value, fixed: bool) -> Outcome {
    running.page_call(scenario, fixed).await.make(&running.client).await
}

/// Whether the fault shows in a browser only: a policy of the page, a permission, an extension.
fn is_the_browsers(scenario: &Value) -> bool {
    scenario["browser"].is_object() || scenario["request"]["targetAddressSpace"].is_string()
}

fn assert_broken(id: &str, expect: &Value, outcome: &Outcome) {
    match (expect["corsError"].as_str(), outcome) {
        (Some(expected), Outcome::Blocked { error, parameter }) => {
            assert_eq!(error, expected, "{id}");
            assert_eq!(expect["failedParameter"].as_str().unwrap_or_default(), parameter, "{id}");
        }
        (None, Outcome::Readable { status, .. }) => assert_eq!(expect["status"], *status, "{id}"),
        (None, Outcome::Lost) => assert!(expect["netError"].is_string(), "{id}"),
        _ => panic!("{id}: expected {expect}, got {outcome:?}"),
    }
}

#[tokio::test]
async fn every_scenario_is_broken_mended_and_broken_again() {
    let running = Running::start().await;
    let outputs = running.outputs().await;
    let scenarios = outputs["scenarios"].as_array().unwrap();
    assert!(!scenarios.is_empty());
    for scenario in scenarios {
        let id = scenario["id"].as_str().unwrap();
        assert_eq!(scenario["state"], "broken");
        if !is_the_browsers(scenario) {
            assert_broken(id, &scenario["expect"], &call(&running, scenario, false).await);
        }

        let (status, fixed) = running.post(&format!("/local-aws/scenarios/{id}/fix"), &Value::Null).await;
        assert_eq!((status, fixed["state"].as_str()), (200, Some("fixed")));
        match call(&running, &fixed, true).await {
            Outcome::Readable { status, body } => assert_eq!(scenario["expect"]["fixedStatus"], status, "{id}: {body}"),
            blocked => panic!("{id}: {blocked:?}"),
        }

        let (_, broken) = running.post(&format!("/local-aws/scenarios/{id}/break"), &Value::Null).await;
        assert_eq!(broken["state"], "broken");
        if !is_the_browsers(scenario) {
            assert_broken(id, &broken["expect"], &call(&running, &broken, false).await);
        }
    }
}

#[tokio::test]
async fn a_fix_without_a_patch_is_a_change_of_the_call() {
    for scenario in local_aws::scenarios::all("http://page.example").unwrap() {
        let about = &scenario.about;
        let changes_call = about.fixed_request.is_some() || about.fixed_route.is_some();
        assert!(changes_call || about.fixed_browser.is_some() || !scenario.fix.is_empty(), "{} has no fix", about.id);
    }
}

fn is_kana(letter: char) -> bool {
    ('\u{3041}'..='\u{30fa}').contains(&letter)
}

#[tokio::test]
async fn every_case_has_one_and_tells_of_it_in_both_languages() {
    let scenarios = local_aws::scenarios::all("").unwrap();
    let ids: Vec<&str> = scenarios.iter().map(|scenario| scenario.about.id.as_str()).collect();
    let rows = [("C", 12), ("E", 10), ("H", 18), ("L", 4), ("R", 36), ("S", 3), ("X", 6)];
    let cases: Vec<String> =
        rows.iter().flat_map(|(letter, last)| (1..=*last).map(move |number| format!("{letter}{number:02}"))).collect();
    assert_eq!(ids, cases);
    for scenario in &scenarios {
        let about = &scenario.about;
        for text in [&about.title, &about.story, &about.fix_title] {
            assert!(!text.en.is_empty() && !text.en.chars().any(is_kana), "{}: {}", about.id, text.en);
            assert!(text.ja.chars().any(is_kana), "{}: {}", about.id, text.ja);
        }
    }
}

#[tokio::test]
async fn the_five_articles_are_among_them() {
    let mut articles: Vec<_> =
        local_aws::scenarios::all("").unwrap().into_iter().filter_map(|scenario| scenario.about.article).collect();
    articles.sort();
    articles.dedup();
    assert_eq!(articles, ["000", "001", "002", "003", "004"]);
}

#[tokio::test]
async fn reset_breaks_what_was_fixed() {
    let running = Running::start().await;
    running.post("/local-aws/scenarios/H01/fix", &Value::Null).await;
    running.patch(serde_json::json!([{ "op": "remove", "path": "/doors/h02" }])).await;
    assert_eq!(running.post("/local-aws/reset", &Value::Null).await.0, 204);
    let outputs = running.outputs().await;
    assert!(outputs["scenarios"].as_array().unwrap().iter().all(|scenario| scenario["state"] == "broken"));
    assert!(outputs["doors"]["h02"].is_object());
    assert_eq!(running.post("/local-aws/scenarios/X99/fix", &Value::Null).await.0, 404);
}
