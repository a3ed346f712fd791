(()=>{
const page=()=>document.getElementById("page"),root=document.documentElement;
const code=()=>decodeURIComponent(location.hash.slice(1));
async function show(body){
page().setAttribute("aria-busy","true");
try{
const answer=await fetch("/t",{method:"POST",body:new URLSearchParams(body),cache:"no-store"});
const fresh=new DOMParser().parseFromString(await answer.text(),"text/html"),next=fresh.getElementById("page");
page().replaceWith(next);
root.lang=fresh.documentElement.lang;document.title=fresh.title;
const kept=next.querySelector("[type=hidden][name=code]");
history.replaceState(null,"",kept?"/t#"+kept.value:"/t");
scrollTo(0,0);document.getElementById("sentence").focus();
}catch{
page().removeAttribute("aria-busy");document.getElementById("offline").hidden=false;
}
root.classList.remove("seek");
}
document.addEventListener("submit",event=>{event.preventDefault();show(new FormData(event.target,event.submitter));});
addEventListener("hashchange",()=>code()&&show({code:code()}));
document.getElementById("again").addEventListener("click",()=>location.reload());
if(code())show({code:code()});
})();
