// A team at the place takes the position of its phone. Nothing is stored before it presses the button that saves.
const here = document.getElementById("point-here"), state = document.getElementById("point-state");
here.hidden = !navigator.geolocation;
here.addEventListener("click", () => {
  state.textContent = state.dataset.waiting;
  navigator.geolocation.getCurrentPosition(({ coords }) => {
    document.getElementById("point-coordinates").value = `${coords.latitude.toFixed(5)}, ${coords.longitude.toFixed(5)}`;
    state.textContent = "";
  }, () => { state.textContent = state.dataset.missing; }, { enableHighAccuracy: true, timeout: 20000 });
});
