// The wall screen: stays awake, and sounds one short tone again and again while nobody has answered a call for help.
// Nothing of it is needed to see an alarm. A browser lets a page sound only after a touch, unless it was started with
// --autoplay-policy=no-user-gesture-required: until then a button asks for the touch.
"use strict";
const EVERY = 5000, wall = document.documentElement, asked = new URLSearchParams(location.search).has("sound");
let sound = null;

async function stayAwake() {
  try { await navigator.wakeLock.request("screen"); } catch { /* the screen's own settings decide */ }
}

function sounds() { return sound !== null && sound.state === "running"; }

function show() {
  wall.dataset.sound = sounds() ? "on" : "off";
  for (const button of document.querySelectorAll("#sound")) button.hidden = sounds();
}

async function switchOn() {
  sound = sound || new AudioContext();
  sound.onstatechange = show;
  sound.resume().then(show, show);
  show();
}

function tone() {
  if (!sounds() || wall.classList.contains("lost") || !document.querySelector(".alarm.unseen[data-calls]")) return;
  const voice = sound.createOscillator(), loudness = sound.createGain(), now = sound.currentTime;
  voice.frequency.value = 880;
  loudness.gain.setValueAtTime(0, now);
  loudness.gain.linearRampToValueAtTime(0.4, now + 0.02);
  loudness.gain.setValueAtTime(0.4, now + 0.4);
  loudness.gain.linearRampToValueAtTime(0, now + 0.5);
  voice.connect(loudness).connect(sound.destination);
  voice.start(now);
  voice.stop(now + 0.5);
  wall.dataset.tones = Number(wall.dataset.tones || 0) + 1;
}

stayAwake();
document.addEventListener("visibilitychange", () => { if (document.visibilityState === "visible") stayAwake(); });
document.getElementById("sound").addEventListener("click", switchOn);
if (asked) switchOn(); else show();
let first = true;
new MutationObserver(() => {
  const calls = document.querySelector(".alarm.unseen[data-calls]") !== null;
  if (calls && first) tone();
  first = !calls;
}).observe(document.body, { childList: true, subtree: true });
setInterval(tone, EVERY);
