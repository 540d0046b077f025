// Looks twice a second whether something is new, and then fetches the page's middle anew; a name being typed stays.
"use strict";
async function look() {
  const lost = document.getElementById("lost");
  try {
    const live = document.getElementById("live");
    const { version } = await (await fetch("/version")).json();
    const typing = live.contains(document.activeElement) && document.activeElement.tagName === "INPUT";
    if (String(version) !== live.dataset.version && !typing) {
      const page = new DOMParser().parseFromString(await (await fetch(location.href)).text(), "text/html");
      live.replaceWith(page.getElementById("live"));
    }
    lost.hidden = true;
  } catch {
    lost.hidden = false;  // what stands here may be old
  }
  setTimeout(look, 500);
}
look();
