//! smoke
use crate::harness::*;
use roundtable::store::Engine;
#[tokio::test]
async fn smoke() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let t = std::time::Instant::now();
        let mut bot = Bot::demo(engine).await;
        eprintln!("{engine:?} demo {:?}", t.elapsed());
        let t = std::time::Instant::now();
        let text = bot.says("marta", "/mentor groups preview pathways").await;
        eprintln!("{text}\npreview {:?}", t.elapsed());
        let t = std::time::Instant::now();
        let text = bot.says("marta", "/mentor groups publish pathways yes").await;
        eprintln!("{text}\npublish {:?}", t.elapsed());
        let t = std::time::Instant::now();
        bot.advance(days(30)).await;
        eprintln!("month {:?}", t.elapsed());
        for m in bot.inbox("nadia").await { eprintln!("{m}\n"); }
        let t = std::time::Instant::now();
        bot.advance(days(330)).await;
        eprintln!("rest of the year {:?}", t.elapsed());
        let t = std::time::Instant::now();
        let _ = Bot::published(engine).await;
        eprintln!("published {:?}", t.elapsed());
        let t = std::time::Instant::now();
        let _ = Bot::published(engine).await;
        eprintln!("published copy {:?}", t.elapsed());
    }
}
