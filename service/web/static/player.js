// Keeps the recording and the transcript in step: what is heard is marked, a click on a time, or on what was found, plays from there.
(() => {
  const place = document.getElementById("wave");
  if (!place || typeof WaveSurfer === "undefined") return;
  const style = getComputedStyle(document.documentElement);
  const colour = (name) => style.getPropertyValue(name).trim();
  const read = () => [...document.querySelectorAll(".turn[data-begin]")].map((element) => ({
    element,
    begin: Number(element.dataset.begin) / 1000,
    end: Number(element.dataset.end) / 1000,
  }));
  // The transcript may come while its recording plays.
  let turns = read();
  document.addEventListener("htmx:after:swap", () => { turns = read(); });
  const clock = document.getElementById("clock");
  const button = document.getElementById("play");
  const time = (s) => `${Math.floor(s / 60)}:${String(Math.floor(s % 60)).padStart(2, "0")}`;

  const wave = WaveSurfer.create({
    container: place,
    url: place.dataset.url,
    height: 44,
    splitChannels: place.dataset.channels === "2" ? [{}, {}] : undefined,
    waveColor: colour("--ink-soft"),
    progressColor: colour("--accent"),
    cursorColor: colour("--bad"),
    normalize: true,
    dragToSeek: true,
    cspNonce: document.querySelector("meta[name=style-nonce]")?.content,
  });

  let shown = null;
  const follow = (now) => {
    clock.textContent = `${time(now)} / ${time(wave.getDuration())}`;
    const current = turns.findLast((turn) => turn.begin <= now && now < turn.end + 0.4) ?? null;
    if (current === shown) return;
    shown?.element.removeAttribute("aria-current");
    current?.element.setAttribute("aria-current", "true");
    if (current && wave.isPlaying()) current.element.scrollIntoView({ block: "nearest" });
    shown = current;
  };

  wave.on("ready", () => {
    place.dataset.ready = "true";
    const start = Number(new URLSearchParams(location.search).get("t"));
    if (start > 0) wave.setTime(start / 1000);
    follow(wave.getCurrentTime());
  });
  wave.on("timeupdate", follow);
  wave.on("play", () => { button.textContent = "Pause"; });
  wave.on("pause", () => { button.textContent = "Play"; });
  wave.on("error", () => { document.getElementById("player-fault").hidden = false; });
  button.addEventListener("click", () => wave.playPause());
  document.addEventListener("click", (event) => {
    const from = event.target.closest("[data-ms]");
    if (!from) return;
    wave.setTime(Number(from.dataset.ms) / 1000);
    wave.play();
  });
})();
