(()=>{
const element=id=>document.getElementById(id),root=document.documentElement;
const code=()=>{try{return decodeURIComponent(location.hash.slice(1))}catch{return location.hash}};
const language=new URLSearchParams(location.search).get("lang")||"";
const showCode=()=>code()&&show({code:code(),language});
async function show(form){
element("page").setAttribute("aria-busy","true");
try{
const body=new URLSearchParams(form);
body.set("part","page");
const response=await fetch("/t",{method:"POST",body});
const page=new DOMParser().parseFromString(await response.text(),"text/html").getElementById("page");
element("page").replaceWith(page);
root.lang=page.dataset.language;document.title=page.dataset.title;
const field=page.querySelector("[type=hidden][name=code]");
history.replaceState(null,"",field?"/t#"+field.value:"/t");
scrollTo(0,0);element("sentence").focus();
}catch{
element("page").removeAttribute("aria-busy");element("offline").hidden=false;
}
root.className="";
}
addEventListener("submit",event=>{if(event.submitter?.hasAttribute("formaction"))return;event.preventDefault();show(new FormData(event.target,event.submitter));});
addEventListener("hashchange",showCode);
element("retry").onclick=()=>location.reload();
showCode();
})();
