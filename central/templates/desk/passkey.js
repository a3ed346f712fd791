(()=>{
const form=document.getElementById("passkey"),source=document.getElementById("passkey-options");
if(!form||!source||!window.PublicKeyCredential)return;
const options=JSON.parse(source.textContent),isNew=form.dataset.step==="add";
const toBytes=text=>Uint8Array.from(atob(text.replace(/-/g,"+").replace(/_/g,"/")),letter=>letter.charCodeAt(0));
const toText=bytes=>btoa(String.fromCharCode(...new Uint8Array(bytes))).replace(/\+/g,"-").replace(/\//g,"_").replace(/=+$/,"");
const withBytes=list=>(list||[]).map(item=>({...item,id:toBytes(item.id)}));
options.challenge=toBytes(options.challenge);
if(isNew){options.user.id=toBytes(options.user.id);options.excludeCredentials=withBytes(options.excludeCredentials);}
else options.allowCredentials=withBytes(options.allowCredentials);
const describe=credential=>{
const answer=credential.response,sent={clientDataJSON:toText(answer.clientDataJSON)};
if(isNew){sent.attestationObject=toText(answer.attestationObject);sent.transports=answer.getTransports?answer.getTransports():[];}
else{sent.authenticatorData=toText(answer.authenticatorData);sent.signature=toText(answer.signature);
if(answer.userHandle)sent.userHandle=toText(answer.userHandle);}
return{id:credential.id,rawId:toText(credential.rawId),type:credential.type,response:sent,
clientExtensionResults:credential.getClientExtensionResults(),authenticatorAttachment:credential.authenticatorAttachment};
};
form.hidden=false;
form.addEventListener("submit",async event=>{
event.preventDefault();
document.getElementById("passkey-failed").hidden=true;
try{
const credential=await navigator.credentials[isNew?"create":"get"]({publicKey:options});
form.elements.answer.value=JSON.stringify(describe(credential));
form.submit();
}catch{document.getElementById("passkey-failed").hidden=false;}
});
})();
