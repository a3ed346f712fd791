(()=>{
const page=()=>document.getElementById("page"),root=document.documentElement;
const codeFromHash=()=>decodeURIComponent(location.hash.slice(1));
const requestStatus=()=>{const body=new FormData();body.set("code",codeFromHash());replaceContent(body);};
async function replaceContent(body){
page().setAttribute("aria-busy","true");
try{
body.append("part","page");
const response=await fetch("/t",{method:"POST",body:new URLSearchParams(body),cache:"no-store"});
const newContent=new DOMParser().parseFromString(await response.text(),"text/html").getElementById("page");
page().replaceWith(newContent);
root.lang=newContent.dataset.language;document.title=newContent.dataset.title;
const codeField=newContent.querySelector("[type=hidden][name=code]");
history.replaceState(null,"",codeField?"/t#"+codeField.value:"/t");
scrollTo(0,0);document.getElementById("sentence").focus();
}catch{
page().removeAttribute("aria-busy");document.getElementById("offline").hidden=false;
}
root.classList.remove("loading");
}
document.addEventListener("submit",event=>{event.preventDefault();replaceContent(new FormData(event.target,event.submitter));});
addEventListener("hashchange",()=>codeFromHash()&&requestStatus());
document.getElementById("retry").addEventListener("click",()=>location.reload());
if(codeFromHash())requestStatus();
})();
