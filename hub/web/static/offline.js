// Says when the hub was reached last, as the service worker has noted it, and tries again.
"use strict";
fetch("/offline/seen").then((answer) => answer.text()).then((text) => {
  const at = new Date(Number(text));
  if (Number.isNaN(at.getTime())) return;
  const since = document.getElementById("since");
  since.querySelector("time").textContent = at.toLocaleString(document.documentElement.lang);
  since.hidden = false;
}).catch(() => {});

// Asks for the same address; what a form had sent is not sent a second time.
function retry() { location.replace(location.pathname + location.search); }

window.addEventListener("online", retry);
setInterval(retry, 5000);
