(()=>{
const page=()=>document.getElementById("page"),root=document.documentElement;
const code=()=>decodeURIComponent(location.hash.slice(1));
const ask=()=>{const body=new FormData();body.set("code",code());show(body);};
async function show(body){
page().setAttribute("aria-busy","true");
try{
body.append("part","page");
const answer=await fetch("/t",{method:"POST",body:new URLSearchParams(body),cache:"no-store"});
const next=new DOMParser().parseFromString(await answer.text(),"text/html").getElementById("page");
page().replaceWith(next);
root.lang=next.dataset.language;document.title=next.dataset.title;
const kept=next.querySelector("[type=hidden][name=code]");
history.replaceState(null,"",kept?"/t#"+kept.value:"/t");
scrollTo(0,0);document.getElementById("sentence").focus();
}catch{
page().removeAttribute("aria-busy");document.getElementById("offline").hidden=false;
}
root.classList.remove("seek");
}
document.addEventListener("submit",event=>{event.preventDefault();show(new FormData(event.target,event.submitter));});
addEventListener("hashchange",()=>code()&&ask());
document.getElementById("again").addEventListener("click",()=>location.reload());
if(code())ask();
})();
