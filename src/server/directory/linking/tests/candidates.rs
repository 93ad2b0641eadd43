//! Rules L2 to L4: every reason with its evidence, who can choose, whom to ask.

use super::*;

/// Organizations whose names are one name, and a site that each of them matches another way.
async fn alike() -> Stage {
    let stage = Stage::new().await;
    stage
        .world
        .sql(
            "UPDATE sites SET company = 'Acme, Inc.', organization_hint = ' org-hint ' WHERE id = 3;
             INSERT INTO organizations (id, name, kind, partner, created_at) VALUES
               ('a-plain', 'Acme', 'customer', NULL, 0),
               ('a-caps', 'ACME Inc.', 'customer', 'meridian', 0),
               ('a-accent', 'Acmé GmbH', 'partner', NULL, 1000),
               ('org-hint', 'Quite Another', 'customer', NULL, 0),
               ('org-typed', 'a-plain', 'customer', NULL, 0),
               ('other', 'Acme Robotics Ltd', 'customer', NULL, 0);
             INSERT INTO organization_roles (organization, email, role) VALUES
               ('a-plain', 'boss@a.example', 'full_admin'),
               ('a-caps', 'boss@b.example', 'full_admin'),
               ('a-caps', 'chief@b.example', 'full_admin'),
               ('a-accent', 'ned@new.example', 'read_only_admin'),
               ('a-accent', 'boss@c.example', 'full_admin');
             INSERT INTO domains (organization, name, state, token, added_at) VALUES
               ('a-caps', 'xn--bcher-kva.example', 'verified', 't', 0),
               ('a-caps', 'b.example', 'claimed', 't', 0),
               ('a-caps', 'unused.example', 'claimed', 't', 0),
               ('a-plain', 'pending.example', 'pending', 't', 0);",
        )
        .await;
    for address in ["u@B.example", "v@b.example", "w@bücher.example", "x@pending.example"] {
        stage.world.user(3, address).await;
    }
    let inactive = stage.world.user(3, "y@unused.example").await;
    stage
        .world
        .sql(&format!("UPDATE site_users SET active = 0 WHERE site = 3 AND number = {inactive}"))
        .await;
    stage
}

fn item<'a>(answer: &'a Answer, id: &str) -> &'a Value {
    let items = answer.json["items"].as_array().unwrap();
    items.iter().find(|item| item["id"] == id).unwrap_or_else(|| panic!("{id}: {items:?}"))
}

fn kinds(item: &Value) -> Vec<&str> {
    item["reasons"].as_array().unwrap().iter().map(|r| r["kind"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn l2_every_reason_is_told_with_its_evidence() {
    let stage = alike().await;
    let answer = stage.candidates("fay").await;
    let ids: Vec<&str> = answer.json["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["id"].as_str().unwrap())
        .collect();
    // Fay's own organization first: her being site admin of the site is a reason.
    assert_eq!(ids[0], "acme");
    assert_eq!(ids.len(), 6, "{ids:?}");
    assert!(!ids.contains(&"other") && !ids.contains(&"org-typed"), "{ids:?}");
    assert_eq!(kinds(item(&answer, "acme")), ["administrator"]);
    assert_eq!(kinds(item(&answer, "zeta")), ["administrator"]);
    assert_eq!(kinds(item(&answer, "a-plain")), ["organization_name"]);
    assert_eq!(kinds(item(&answer, "a-accent")), ["administrator", "organization_name"]);
    assert_eq!(kinds(item(&answer, "org-hint")), ["organization_id"]);
    let caps = item(&answer, "a-caps");
    assert_eq!(kinds(caps), ["verified_domain", "organization_name"]);
    assert_eq!(caps["reasons"][0]["evidence"], json!(["b.example", "xn--bcher-kva.example"]));
    let text = caps["reasons"][0]["text"].as_str().unwrap();
    assert!(text.contains("b.example (2 users)"), "{text}");
    assert!(text.contains("xn--bcher-kva.example (bücher.example, 1 user)"), "{text}");
    assert_eq!(caps["reasons"][1]["evidence"], json!(["Acme, Inc.", "ACME Inc."]));
    assert_eq!((&caps["kind"], &caps["full_admins"]), (&json!("customer"), &json!(2)));
    assert_eq!(item(&answer, "a-accent")["created_at"], "1970-01-01T00:00:01Z");
    assert_eq!(item(&answer, "a-accent")["reasons"][0]["evidence"], json!(["ned@new.example"]));
}

#[tokio::test]
async fn l2_an_id_typed_in_is_an_id_and_no_name() {
    let stage = alike().await;
    let typed = async |id: &str| {
        stage.world.get(&format!("{SITE}/candidates?organization={id}"), "fay").await
    };
    // The name of one is the id of another: the id is what counts.
    let answer = typed("a-plain").await;
    assert_eq!(answer.json["typed_id_found"], true);
    assert_eq!(kinds(item(&answer, "a-plain")), ["organization_id", "organization_name"]);
    let told = item(&answer, "a-plain")["reasons"][0]["text"].as_str().unwrap();
    assert!(told.contains("typed"), "{told}");
    assert!(answer.json["items"].as_array().unwrap().iter().all(|item| item["id"] != "org-typed"));
    let both = typed("org-hint").await;
    let told = item(&both, "org-hint")["reasons"][0]["text"].as_str().unwrap();
    assert!(told.contains("names") && told.contains("typed"), "{told}");
    for name in ["Acme", "no-such"] {
        assert_eq!(typed(name).await.json["typed_id_found"], false, "{name}");
    }
    assert_eq!(stage.candidates("fay").await.json["typed_id_found"], Value::Null);
}

#[tokio::test]
async fn l2_full_admins_are_named_only_where_the_reasons_allow_it() {
    let stage = alike().await;
    let answer = stage.candidates("fay").await;
    let ask = |id: &str| item(&answer, id)["ask"].clone();
    assert_eq!(ask("a-caps"), json!(["boss@b.example", "chief@b.example"]));
    assert_eq!(ask("a-accent"), json!(["boss@c.example"]));
    assert_eq!((ask("a-plain"), ask("org-hint")), (json!([]), json!([])));
    assert_eq!(answer.json["csm"], "csm@provider.example");
    let plain = item(&answer, "a-plain");
    assert_eq!(plain["full_admins"], 1, "how many are told is no secret");
    assert!(!answer.json.to_string().contains("boss@a.example"));
}

#[tokio::test]
async fn l2_a_look_is_recorded_and_limited() {
    let stage = alike().await;
    stage.world.get(&format!("{SITE}/candidates?organization=a-plain"), "fay").await;
    let recorded = stage.recorded("site.candidates_seen").await;
    assert_eq!(recorded[0].0, "fay@acme.example");
    assert_eq!(recorded[0].1["typed"], "a-plain");
    assert_eq!(recorded[0].1["organizations"].as_array().unwrap().len(), 6);
    let mut refused = None;
    for _ in 0..60 {
        refused = Some(stage.candidates("fay").await);
    }
    let refused = refused.unwrap();
    assert_eq!(refusal(&refused), (429, "too_many_requests"));
    assert!(refused.headers.contains_key("retry-after"));
    assert_eq!(stage.candidates("zoe").await.status, 200, "each has their own count");
}

#[tokio::test]
async fn l2_l4_only_ones_own_organization_can_be_chosen_and_each_no_has_its_reason() {
    let stage = alike().await;
    stage
        .world
        .sql(
            "INSERT INTO site_admins (site, email) VALUES
               (3, 'pat@meridian.example'), (3, 'rob@acme.example');",
        )
        .await;
    stage.connected_later("nia").await;
    let cases = [
        ("fay", "acme", None),
        ("fay", "a-plain", Some("other_account")),
        ("rob", "acme", Some("not_full_admin")),
        ("pat", "a-caps", Some("partner_account")),
        ("pat", "acme", Some("partner_account")),
        ("pat", "a-plain", Some("other_account")),
        ("nia", "a-plain", Some("no_account")),
    ];
    for (who, id, why) in cases {
        let answer = stage.candidates(who).await;
        let item = item(&answer, id);
        assert_eq!(item["choosable"], why.is_none(), "{who} {id}");
        assert_eq!(item["why_not"]["code"].as_str(), why, "{who} {id}: {item}");
        let target = json!({ "organization": id });
        let prepared = stage.prepare(who, target).await;
        if why.is_none() {
            assert_eq!(prepared.status, 200);
        } else {
            assert_eq!(refusal(&prepared), (403, "not_allowed"), "{who} {id}");
            assert_eq!(prepared.json["field"], "target");
            assert!(!item["why_not"]["remedy"].as_str().unwrap().is_empty());
        }
    }
    let partner = stage.candidates("pat").await;
    let said = item(&partner, "a-caps")["why_not"]["text"].as_str().unwrap().to_owned();
    assert!(said.contains("as a partner") && said.contains("Meridian Networks"), "{said}");
    let missing = stage.prepare("fay", json!({ "organization": "no-such" })).await;
    assert_eq!(refusal(&missing), (404, "not_found"));
}

/// Pat's account is in Meridian, whatever the role there; nothing said to Pat leads there.
#[tokio::test]
async fn l4_no_advice_leads_a_customers_site_into_the_partner() {
    for role in ["partner_admin", "full_admin"] {
        let stage = alike().await;
        stage
            .world
            .sql(&format!(
                "INSERT INTO site_admins (site, email) VALUES (3, 'pat@meridian.example');
                 DELETE FROM organization_roles WHERE email = 'pat@meridian.example';
                 INSERT INTO organization_roles (organization, email, role) VALUES
                   ('meridian', 'pat@meridian.example', 'partner_admin'),
                   ('meridian', 'pat@meridian.example', '{role}') ON CONFLICT DO NOTHING;"
            ))
            .await;
        let answer = stage.candidates("pat").await;
        let new = &answer.json["new_organization"]["why_not"];
        let remedy = new["remedy"].as_str().unwrap();
        assert!(!remedy.contains("you are full admin there"), "{role}: {remedy}");
        assert!(remedy.contains("stays there for good"), "{role}: {remedy}");
        assert!(remedy.contains("Ask boss@b.example, chief@b.example of ACME Inc."), "{remedy}");
        let refused = stage.prepare("pat", newcomer()).await;
        let remedy = refused.json["remedy"].as_str().unwrap();
        assert!(remedy.contains("stays there for good"), "{role}: {remedy}");
        let items = answer.json["items"].as_array().unwrap();
        let last_choosable = items.iter().rposition(|one| one["choosable"] == true);
        assert!(last_choosable.is_none_or(|at| items[at]["kind"] == "partner"), "{items:?}");
        let refused = stage.prepare("pat", json!({ "organization": "a-caps" })).await;
        let remedy = refused.json["remedy"].as_str().unwrap();
        assert!(remedy.contains("Ask boss@b.example, chief@b.example of ACME Inc."), "{remedy}");
    }
}

#[tokio::test]
async fn l4_nobody_is_told_to_become_full_admin_of_a_partner() {
    let stage = alike().await;
    stage.connected_later("nia").await;
    let answer = stage.candidates("nia").await;
    let why = &item(&answer, "a-accent")["why_not"];
    assert_eq!(why["code"], "no_account");
    let remedy = why["remedy"].as_str().unwrap();
    assert!(!remedy.contains("full admin there") && remedy.contains("for good"), "{remedy}");
}

#[tokio::test]
async fn l3_a_new_organization_is_offered_to_who_has_none() {
    let stage = alike().await;
    stage.connected_later("nia").await;
    let offered = stage.candidates("nia").await.json["new_organization"].clone();
    assert_eq!((&offered["offered"], &offered["name"]), (&json!(true), &json!("Acme, Inc.")));
    for who in ["fay", "zoe"] {
        let refused = stage.candidates(who).await.json["new_organization"].clone();
        assert_eq!(refused["offered"], false);
        assert_eq!(refused["why_not"]["code"], "has_organization");
        assert!(
            refused["why_not"]["remedy"].as_str().unwrap().contains("A site admin who is in no")
        );
        let prepared = stage.prepare(who, newcomer()).await;
        assert_eq!(refusal(&prepared), (409, "other_organization"), "{who}");
    }
}

impl Stage {
    /// Somebody more who administers the site, is in no organization, and is connected.
    async fn connected_later(&self, name: &str) {
        let email = format!("{name}@new.example");
        self.world
            .sql(&format!("INSERT INTO site_admins (site, email) VALUES (3, '{email}')"))
            .await;
        self.world.person(&email).await;
        self.connected(name, &email).await;
    }
}
