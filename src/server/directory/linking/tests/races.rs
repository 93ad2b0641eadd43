//! Rule L6, whoever races: one link, and everyone else is told clearly.

use std::collections::BTreeMap;

use futures_util::future::join_all;

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn l6_fifty_links_of_one_site_to_two_organizations_have_one_winner() {
    let stage = Stage::new().await;
    let zeta = json!({ "organization": "zeta" });
    let (to_acme, to_zeta) =
        (stage.prepare("fay", acme()).await.json, stage.prepare("zoe", zeta.clone()).await.json);
    let path = format!("{SITE}/link");
    let tries = (0..50).map(|n| {
        let (who, body) = if n % 2 == 0 {
            ("fay", agreed(&acme(), &to_acme))
        } else {
            ("zoe", agreed(&zeta, &to_zeta))
        };
        stage.world.send("POST", &path, who, body)
    });
    let mut ended: BTreeMap<(u16, String), usize> = BTreeMap::new();
    for answer in join_all(tries).await {
        *ended.entry((answer.status.as_u16(), answer.code().to_owned())).or_default() += 1;
    }
    let want = [((202, String::new()), 1), ((409, "link_permanent".to_owned()), 49)];
    assert_eq!(ended, BTreeMap::from(want));
    assert_eq!(stage.count("SELECT count(*) FROM site_links").await, 1);
    assert_eq!(stage.count("SELECT count(*) FROM link_jobs").await, 1);
    assert_eq!(stage.recorded("site.link_begun").await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn l6_two_makers_of_a_new_organization_make_one() {
    let stage = Stage::new().await;
    stage.world.sql("INSERT INTO site_admins (site, email) VALUES (3, 'nia@new.example')").await;
    stage.world.person("nia@new.example").await;
    stage.connected("ned", "ned@new.example").await;
    stage.connected("nia", "nia@new.example").await;
    let tries = ["ned", "nia"].map(|who| stage.link(who, newcomer()));
    let mut ended: Vec<(u16, String)> = join_all(tries)
        .await
        .iter()
        .map(|answer| (answer.status.as_u16(), answer.code().to_owned()))
        .collect();
    ended.sort();
    assert_eq!(ended, [(202, String::new()), (409, "link_permanent".to_owned())]);
    assert_eq!(stage.count("SELECT count(*) FROM organizations WHERE kind = 'customer'").await, 3);
    assert_eq!(
        stage.count("SELECT count(*) FROM identities WHERE email_key LIKE '%@new.example'").await,
        1,
        "who lost is in no organization"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn l1_a_code_used_by_many_at_once_connects_once() {
    let stage = Stage::new().await;
    stage.enroll("ned", json!({})).await;
    stage.post().await;
    let path = format!("/connect/{}", stage.code("ned@new.example"));
    let presses = (0..10).map(|_| stage.world.send("POST", &path, "", Value::Null));
    let good = join_all(presses).await.iter().filter(|page| page.status == 200).count();
    assert_eq!(good, 1);
    assert_eq!(stage.recorded("site.connected").await.len(), 1);
}
